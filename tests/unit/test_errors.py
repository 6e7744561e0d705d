"""Errors: what happened, what was seen, where the log is, what to type."""

from pathlib import Path

from labgen.errors import HostUnfit, LabgenError, SeveralErrors, UsageError, reason
from labgen.system.process import CommandFailed, CommandTimedOut, Completed


def test_an_error_is_printed_with_all_that_is_known_in_one_order() -> None:
    error = LabgenError(
        "master2 did not join",
        hint="labgen ssh x master2\nlabgen up x",
        last_seen="a learner",
        log=Path("/logs/join.log"),
    )
    assert str(error).splitlines() == [
        "master2 did not join",
        "  last seen: a learner",
        "  log: /logs/join.log",
        "  labgen ssh x master2",
        "  labgen up x",
    ]


def test_an_error_that_knows_no_more_is_one_line() -> None:
    assert str(LabgenError("no")) == "no"


def test_exit_codes_tell_failed_wrong_call_and_unfit_host_apart() -> None:
    codes = [error("x").exit_code for error in (LabgenError, UsageError, HostUnfit)]
    assert codes == [1, 2, 3]


def test_several_errors_end_with_the_gravest_exit_code() -> None:
    several = SeveralErrors({"a": LabgenError("x"), "b": HostUnfit("y"), "c": ValueError("z")})
    assert several.exit_code == 3
    assert str(several) == "a: x\nb: y\nc: z"


def test_the_reason_is_one_line_that_holds_it() -> None:
    completed = Completed(("ssh", "a"), 1, "first\n", "warning\nError: deadline exceeded\n")
    assert reason(CommandFailed(completed)) == "Error: deadline exceeded"
    assert reason(CommandFailed(Completed(("a",), 7, "", ""))) == "exit code 7"
    assert reason(CommandTimedOut(("ssh",), 10, "", "")) == "no answer within 10 s"
    assert reason(CommandTimedOut(("ssh",), 10, "", "a\nhalf")) == "no answer within 10 s: half"
    late = LabgenError("it did not\nhappen", last_seen="a learner\nthe last line")
    assert reason(late) == "it did not happen: the last line"
    assert reason(SeveralErrors({"a": late, "b": ValueError("x")})) == (
        "a: it did not happen: the last line; b: x"
    )
    assert reason(ValueError()) == "ValueError"
