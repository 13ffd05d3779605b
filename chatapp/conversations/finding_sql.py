"""What PostgreSQL keeps for search, written by itself: no writer has to think of it.

Triggers give each message a row of `SearchTerms`: its words by the `simple` parser, and
every pair of neighbouring Chinese, Japanese and Korean letters, since these are written
without spaces or with endings. So one GIN index serves every language, and PostgreSQL
needs no extension for it. The owner is a term too (`@7`): the index itself then leaves
out what others said, however many they are.

A migration has run this text. Whoever changes it, or `folding`, adds another one.
"""

from __future__ import annotations

from chatapp.conversations.folding import CJK, LOWER, MARKS, PUNCTUATION

_PUNCTUATION = PUNCTUATION.replace("'", "''")
_CAPITALS, _SMALL = "".join(LOWER), "".join(LOWER.values())
# COLLATE "C": a Turkish database would make another letter of I. translate() looks
# through its whole list for each letter, so only where there is one to change.
FOLD = f"""
CREATE OR REPLACE FUNCTION conversations_folded(words text) RETURNS text
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
BEGIN
    IF octet_length(words) <> char_length(words) THEN
        words := normalize(
            regexp_replace(normalize(words, NFKD), '[{MARKS}]', '', 'g'), NFC);
        IF words ~ '[{_CAPITALS}]' THEN
            words := translate(words, '{_CAPITALS}', '{_SMALL}');
        END IF;
    END IF;
    RETURN regexp_replace(lower(words COLLATE "C"), '[{_PUNCTUATION}]', ' ', 'g');
END $$
"""
# The last letter of a run begins no pair: alone, it lets one letter be looked for.
# Whatever goes wrong in here must not keep a message from being written.
TERMS = f"""
CREATE OR REPLACE FUNCTION conversations_terms(words text, owner bigint)
RETURNS tsvector LANGUAGE plpgsql IMMUTABLE AS $$
DECLARE
    plain text;
    lone text[] := ARRAY['@' || owner];
BEGIN
    plain := conversations_folded(words);
    IF octet_length(plain) <> char_length(plain) THEN
        SELECT lone || coalesce(array_agg(DISTINCT substr(run[1], place, 2)), '{{}}')
        INTO lone
        FROM regexp_matches(plain, '[{CJK}]+', 'g') AS run,
             generate_series(1, char_length(run[1])) AS place;
        plain := regexp_replace(plain, '[{CJK}]+', ' ', 'g');
    END IF;
    RETURN to_tsvector('simple', plain) || array_to_tsvector(lone);
EXCEPTION WHEN OTHERS THEN
    RETURN array_to_tsvector(ARRAY['@' || owner]);
END $$
"""
KEEP = """
CREATE OR REPLACE FUNCTION conversations_keep_terms() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    whose bigint;
BEGIN
    SELECT user_id INTO whose FROM conversations_conversation
    WHERE id = NEW.conversation_id;
    INSERT INTO conversations_searchterms
           (message_id, owner_id, conversation_id, said_at, terms)
    VALUES (NEW.id, whose, NEW.conversation_id, NEW.created_at,
            conversations_terms(NEW.text, whose))
    ON CONFLICT (message_id) DO UPDATE SET terms = excluded.terms;
    RETURN NULL;
END $$
"""
DROP = """
CREATE OR REPLACE FUNCTION conversations_drop_terms() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    DELETE FROM conversations_searchterms WHERE message_id = OLD.id;
    RETURN NULL;
END $$
"""
# A guest signs in to another account: what they said changes hands.
HAND_OVER = """
CREATE OR REPLACE FUNCTION conversations_hand_terms_over() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    UPDATE conversations_searchterms
    SET owner_id = NEW.user_id,
        terms = ts_delete(terms, '@' || OLD.user_id)
                || array_to_tsvector(ARRAY['@' || NEW.user_id])
    WHERE conversation_id = NEW.id;
    RETURN NULL;
END $$
"""
TRIGGERS = """
CREATE TRIGGER terms_of_a_new_message AFTER INSERT ON conversations_message
FOR EACH ROW WHEN (NEW.text <> '') EXECUTE FUNCTION conversations_keep_terms();
CREATE TRIGGER terms_of_a_new_text AFTER UPDATE OF text ON conversations_message
FOR EACH ROW WHEN (NEW.text IS DISTINCT FROM OLD.text)
EXECUTE FUNCTION conversations_keep_terms();
CREATE TRIGGER terms_of_no_message AFTER DELETE ON conversations_message
FOR EACH ROW EXECUTE FUNCTION conversations_drop_terms();
CREATE TRIGGER terms_change_hands AFTER UPDATE OF user_id ON conversations_conversation
FOR EACH ROW WHEN (NEW.user_id IS DISTINCT FROM OLD.user_id)
EXECUTE FUNCTION conversations_hand_terms_over();
"""
FILL = """
INSERT INTO conversations_searchterms
       (message_id, owner_id, conversation_id, said_at, terms)
SELECT message.id, conversation.user_id, conversation.id, message.created_at,
       conversations_terms(message.text, conversation.user_id)
FROM conversations_message AS message
JOIN conversations_conversation AS conversation
  ON conversation.id = message.conversation_id
WHERE message.text <> ''
ON CONFLICT DO NOTHING
"""
REMOVE = """
DROP TRIGGER terms_of_a_new_message ON conversations_message;
DROP TRIGGER terms_of_a_new_text ON conversations_message;
DROP TRIGGER terms_of_no_message ON conversations_message;
DROP TRIGGER terms_change_hands ON conversations_conversation;
DROP FUNCTION conversations_keep_terms();
DROP FUNCTION conversations_drop_terms();
DROP FUNCTION conversations_hand_terms_over();
DROP FUNCTION conversations_terms(text, bigint);
DROP FUNCTION conversations_folded(text);
"""
CREATE = (FOLD, TERMS, KEEP, DROP, HAND_OVER, TRIGGERS)
