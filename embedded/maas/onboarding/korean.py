"""The onboarding pages in Korean."""

from __future__ import annotations

from embedded.maas.onboarding.wording import Wording

KOREAN = Wording(
    service="메모리 서비스",
    choose_language="언어",
    products={
        "enterprise-tutor": "캐릭터 챗 / 엔터프라이즈 튜터",
        "maas-enterprise": "에디토리얼 / 콘텐츠",
    },
    usage_plan="엔터프라이즈, 사용량 기준 과금",
    stand_in="결제 대행사를 대신하는 모의 결제 페이지입니다.",
    stand_in_text=(
        "지금은 내장 메모리 서비스를 사용하고 있습니다. 카드 정보를 묻지 않으며 요금도 "
        "청구되지 않습니다. 호스팅 서비스라면 이 단계에서 결제 대행사로 이동합니다."
    ),
    checkout="결제",
    checkout_text="결제가 끝나면 조직과 워크스페이스, 첫 API 키가 자동으로 만들어집니다.",
    order="주문 내용",
    company="회사명",
    email="관리자 이메일",
    product="상품",
    plan="요금제",
    due="오늘 결제할 금액",
    nothing_due="없음 (모의 결제)",
    pay="결제하기 (모의)",
    cancel="취소",
    ready="메모리 서비스가 준비되었습니다",
    ready_text="키를 안전한 곳에 보관한 다음, 아래 전달문을 연동을 맡은 사람에게 넘겨주세요.",
    account="계정 정보",
    organization="조직",
    service_source="서비스 소스",
    workspace="워크스페이스 ID",
    base_url="기본 URL",
    key="첫 API 키",
    key_once="지금 복사해 두세요. 키는 이번 한 번만 표시되고, 서버에는 해시만 저장됩니다.",
    key_gone="키는 다시 표시되지 않습니다",
    key_gone_text="키는 이 페이지를 처음 열었을 때 한 번 표시되었고, 서버에는 해시만 남아 있습니다.",
    key_lost="키를 보관하지 못했다면, 서비스 운영자에게 관리자 화면에서 기존 키를 폐기하고 "
    "새 키를 발급해 달라고 요청하세요.",
    key_time="표시된 시각",
    handoff="코딩 에이전트에게 전달할 내용",
    handoff_text="코딩 에이전트에 붙여 넣거나 개발자에게 보내세요. 키는 들어 있지 않습니다.",
    copy="복사",
    copied="복사됨",
    next_step="다음 단계",
    documentation="문서 읽기",
    unpaid="아직 결제되지 않은 주문입니다",
    unpaid_text="아직 아무것도 만들어지지 않았습니다. 결제를 마치면 바로 준비됩니다.",
    cancelled="결제를 취소했습니다",
    cancelled_text="청구된 금액이 없고, 만들어진 것도 없습니다.",
    back_to_checkout="결제로 돌아가기",
    unknown="주문을 찾을 수 없습니다",
    unknown_text="주소가 일부 빠졌을 수 있습니다. 결제할 때 받은 링크를 그대로 열거나 새로 "
    "주문해 주세요.",
)
