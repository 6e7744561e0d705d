"""labgen check: whether a lab could be brought up."""

import click

from labgen.cli import forecast, shapes
from labgen.cli.output import output_option, print_json
from labgen.cli.session import Session, common, load_scenario, overrides_option
from labgen.errors import HostUnfit
from labgen.lab import store
from labgen.lab.names import ensure_lab_name
from labgen.providers import capacity
from labgen.system import pressure
from labgen.up.check import ensure_possible


@click.command()
@click.argument("scenario")
@click.option("--name", help="Name of the lab; the name of the scenario by default.")
@output_option(shapes.Check)
@overrides_option
@common
@click.pass_obj
def check(
    session: Session,
    scenario: str,
    *,
    name: str | None,
    overrides: tuple[str, ...],
    output: str,
) -> None:
    """Check whether `up SCENARIO` can work on this host.

    Existing machines are inspected, too. Nothing is created or changed. Exit code 3 when something
    prevents it; every cause is listed with its remedy.
    """
    loaded = load_scenario(session, scenario, overrides, lab=name)
    lab = ensure_lab_name(name or loaded.name)
    result = shapes.Check(scenario=loaded.name, lab=lab, possible=True)
    try:
        choice = ensure_possible(loaded, lab)
    except HostUnfit as unfit:
        if output == "json":
            print_json(result.model_copy(update={"possible": False, "problem": str(unfit)}))
            raise SystemExit(unfit.exit_code) from unfit
        raise
    chosen = choice.provider.name
    note = pressure.overload()
    there = store.load(lab) if lab in store.names() else None
    foreseen = capacity.forecast(choice.provider, loaded, there)
    if output == "json":
        known = {"provider": chosen, "reason": choice.why, "note": note}
        print_json(result.model_copy(update={**known, "forecast": forecast.shape(foreseen)}))
        return
    console = session.console()
    if note:
        console.say(f"note: {note}")
    console.say(f"{loaded.name} can be brought up by provider {chosen}")
    if foreseen and foreseen.machines:
        console.say(f"  {foreseen}")
    if foreseen and foreseen.note:
        console.say(f"  note: {foreseen.note}")
