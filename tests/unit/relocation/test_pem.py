"""PEM blocks are found and replaced as text and as base64."""

from base64 import b64decode, b64encode

from labgen.relocation import pem

OLD = "-----BEGIN CERTIFICATE-----\nb2xk\n-----END CERTIFICATE-----"
NEW = "-----BEGIN CERTIFICATE-----\nbmV3ZXIgYW5kIGxvbmdlcg==\n-----END CERTIFICATE-----"
KEY = "-----BEGIN EC PRIVATE KEY-----\na2V5\n-----END EC PRIVATE KEY-----"


def _encoded(text: str) -> str:
    return b64encode(text.encode()).decode()


def test_all_blocks_of_a_text_are_found() -> None:
    text = f"# two\n{OLD}\n{KEY}\nclient-key-data: {_encoded(NEW + chr(10))}\n"
    assert list(pem.blocks(text)) == [OLD, KEY, NEW]


def test_only_the_blocks_change() -> None:
    text = f"before\n{OLD}\n{KEY}\nafter\n"
    assert pem.replace(text, {OLD: NEW}) == f"before\n{NEW}\n{KEY}\nafter\n"


def test_a_block_in_base64_keeps_its_line_end() -> None:
    text = f"certificate-authority-data: {_encoded(OLD + chr(10))}\nname: lab\n"
    changed = pem.replace(text, {OLD: NEW})
    word = changed.split()[1]
    assert b64decode(word).decode() == NEW + "\n"
    assert changed.endswith("\nname: lab\n")


def test_indented_and_windows_lines_are_the_same_block() -> None:
    indented = "  " + OLD.replace("\n", "\r\n  ")
    assert list(pem.blocks(indented)) == [OLD]
    assert NEW in pem.replace(indented, {OLD: NEW})


def test_what_only_looks_like_base64_stays() -> None:
    text = "LS0tLS1CRUdJTiABC LS0tLS1CRUdJTi0="
    assert list(pem.blocks(text)) == []
    assert pem.replace(text, {OLD: NEW}) == text
