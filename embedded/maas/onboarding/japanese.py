"""The onboarding pages in Japanese."""

from __future__ import annotations

from embedded.maas.onboarding.wording import Wording

JAPANESE = Wording(
    service="メモリーサービス",
    choose_language="言語",
    products={
        "enterprise-tutor": "キャラクターチャット / エンタープライズチューター",
        "maas-enterprise": "エディトリアル / コンテンツ",
    },
    usage_plan="エンタープライズ（従量課金）",
    stand_in="これは決済代行会社の代わりに表示している模擬ページです。",
    stand_in_text=(
        "現在は組み込みのメモリーサービスを利用しています。カード情報の入力はなく、料金も"
        "発生しません。ホスト版では、ここで決済代行会社のページに移動します。"
    ),
    checkout="お支払い",
    checkout_text="お支払いが完了すると、組織、ワークスペース、最初の API キーが自動で"
    "用意されます。",
    order="ご注文内容",
    company="会社名",
    email="管理者のメールアドレス",
    product="製品",
    plan="料金プラン",
    due="本日のお支払い額",
    nothing_due="なし（模擬決済）",
    pay="支払う（模擬）",
    cancel="キャンセル",
    ready="メモリーサービスの準備ができました",
    ready_text="キーを安全な場所に保管してから、下の引き継ぎ用テキストを実装の担当者に渡してください。",
    account="アカウント情報",
    organization="組織",
    service_source="サービスソース",
    workspace="ワークスペース ID",
    base_url="ベース URL",
    key="最初の API キー",
    key_once="今すぐコピーしてください。表示されるのはこの一度だけで、サーバーにはハッシュ値しか"
    "保存されません。",
    key_gone="キーは再表示されません",
    key_gone_text="キーはこのページを最初に開いたときに一度だけ表示され、サーバーにはハッシュ値しか"
    "残っていません。",
    key_lost="控えを取っていない場合は、サービスの運営者に、管理画面でこのキーを無効にして新しい"
    "キーを発行するよう依頼してください。",
    key_time="表示日時",
    handoff="コーディングエージェントへの引き継ぎ",
    handoff_text="コーディングエージェントに貼り付けるか、開発者に送ってください。キーは含まれて"
    "いません。",
    copy="コピー",
    copied="コピーしました",
    next_step="次のステップ",
    documentation="ドキュメントを読む",
    unpaid="このご注文はまだ支払われていません",
    unpaid_text="まだ何も作成されていません。お支払いが完了すると、すぐに用意されます。",
    cancelled="お支払いをキャンセルしました",
    cancelled_text="料金は発生しておらず、何も作成されていません。",
    back_to_checkout="お支払いに戻る",
    unknown="ご注文が見つかりません",
    unknown_text="アドレスの一部が欠けている可能性があります。お支払いの際に受け取ったリンクを開くか、"
    "新しくご注文ください。",
)
