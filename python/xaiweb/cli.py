"""The command line: parse, call, print. Results go to stdout, everything else to stderr."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

import xaiweb
from xaiweb.bars import Bars
from xaiweb.errors import InputError, XaiwebError


class _Commands(click.Group):
    """Turns a user's mistake into a message and exit code 1; click itself answers wrong usage with 2."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except XaiwebError as error:
            click.echo(f"xaiweb: {error}", err=True)
            ctx.exit(1)
        except BrokenPipeError:
            ctx.exit(1)
        except OSError as reason:  # a folder that isn't there, a disk that is full
            where = f"{reason.filename}: " if reason.filename else ""
            click.echo(
                f"xaiweb: {where}{reason.strerror or reason}. Check the path, the disk, and your rights.", err=True
            )
            ctx.exit(1)


@click.group(cls=_Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(xaiweb.__version__, prog_name="xaiweb")
def main() -> None:
    """Explain any ONNX model in the browser, with nothing leaving it."""


@main.command()
@click.argument("model", type=click.Path(path_type=Path))
@click.option("--background", type=click.Path(path_type=Path), help="Rows to compare with: .csv, .npy or .parquet.")
@click.option("--features", type=click.Path(path_type=Path), help="What the columns mean: .json.")
@click.option(
    "--background-kind",
    type=click.Choice(["sample", "kmeans", "median", "given"]),
    default="sample",
    show_default=True,
    help="Which rows stand for the background: a seeded sample, k-means centres, the median row, or all of them.",
)
@click.option("--background-size", default=100, show_default=True, help="Rows of a sample, or centres.")
@click.option("--seed", default=0, show_default=True, help="Of the sample, the centres and the ready designs.")
@click.option("--out", type=click.Path(path_type=Path), help="The bundle's folder; MODEL's name if left out.")
def export(
    model: Path,
    background: Path | None,
    features: Path | None,
    background_kind: str,
    background_size: int,
    seed: int,
    out: Path | None,
) -> None:
    """Write a bundle from MODEL, an .onnx file, or a .py script that defines `export(out: Path)`."""
    from xaiweb import api

    folder = out or Path(model.stem)
    if model.suffix == ".py":
        asked = click.get_current_context()
        given = [name for name in asked.params if asked.get_parameter_source(name) is not ParameterSource.DEFAULT]
        if needless := set(given) - {"model", "out"}:
            options = ", ".join(f"--{name.replace('_', '-')}" for name in sorted(needless))
            raise click.UsageError(f"a script chooses for itself: leave out {options}.")
        api.export_script(model, folder)
    else:
        if background is None:
            raise click.UsageError("an ONNX file needs --background.")
        api.export(
            model,
            background=background,
            features=_read_json(features) if features else None,
            out=folder,
            background_kind=background_kind,
            background_size=background_size,
            seed=seed,
            report=lambda line: click.echo(line, err=True),
        )
    click.echo(f"Bundle: {folder}", err=True)


@main.command()
@click.argument("bundles", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="The site's folder.")
@click.option(
    "--without",
    multiple=True,
    type=click.Choice(["early-worker", "streaming", "late-writes", "early-python"]),
    help="A way to start sooner that the site leaves out.",
)
def build(bundles: tuple[Path, ...], out: Path, without: tuple[str, ...]) -> None:
    """Build a static site of BUNDLES."""
    from xaiweb import api

    site = api.build(bundles, out, without=without, progress=lambda line: click.echo(line, err=True))
    click.echo(f"Site: {site}", err=True)


@main.command()
@click.argument("site", type=click.Path(path_type=Path))
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0 takes a free one.")
@click.option("--open", "open_browser", is_flag=True, help="Open it in the browser.")
def serve(site: Path, port: int, open_browser: bool) -> None:
    """Serve SITE on this machine alone."""
    from xaiweb import api

    api.serve(site, port, open_browser=open_browser)


@main.command(context_settings={"ignore_unknown_options": True})
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option(
    "--input",
    "input_",
    required=True,
    type=click.Path(path_type=Path),
    help="Rows: .csv, .json, .npy or .parquet. A photo: .jpg, .png ... A text: a UTF-8 file.",
)
@click.option("--method", default="shapley", show_default=True, help="One of `xaiweb methods`.")
@click.option("--estimator", help="One of the method's estimators; auto if left out.")
@click.option("--budget", type=int, help="Distinct coalitions evaluated; the method's default if left out.")
@click.option("--seed", type=int, help="Of the sampling; 0 if left out.")
@click.option("--interactions", help="An index of interaction, auto or none.")
@click.option("--interaction-order", type=int, help="Players in the largest sets, 2 or 3.")
@click.option("--scale", type=click.Choice(["output", "margin", "logit"]), help="Unit; the bundle's first if left out.")
@click.option("--output", "outputs", multiple=True, help="Name or index of an output, as often as there are some.")
@click.option("--out", type=click.Path(path_type=Path), help=".json or .parquet; JSON on stdout if left out.")
@click.option("--jobs", type=click.IntRange(1), help="Processes that share the rows of a table; 1 if left out.")
@click.option("--dask", metavar="ADDRESS|local", help="A Dask scheduler whose workers share them, or --jobs new ones.")
@click.option("--part-rows", type=click.IntRange(1), help="Rows that are finished together; 256 if left out.")
@click.option("--fresh", is_flag=True, help="Begin anew where another run was stopped.")
@click.argument("parameters", nargs=-1, type=click.UNPROCESSED, metavar="[--PARAMETER VALUE]...")
def explain(
    bundle: Path,
    input_: Path,
    method: str,
    scale: str | None,
    outputs: tuple[str, ...],
    out: Path | None,
    jobs: int | None,
    dask: str | None,
    part_rows: int | None,
    fresh: bool,
    parameters: tuple[str, ...],
    **named: Any,
) -> None:
    """Explain the rows, the photo or the text of a file with BUNDLE's model.

    Rows into a .parquet file may be any number: they are explained in parts, and the same command goes on where it was
    stopped. Every other parameter of `xaiweb methods` is an option too: --n-segments 80.
    """
    from xaiweb import api, segment_maps, tables
    from xaiweb.core.methods import divide

    if out and out.suffix not in {".json", ".parquet"}:
        raise click.UsageError("--out takes a .json or a .parquet file.")
    explainer = api.open(bundle)
    asked = {name: value for name, value in named.items() if value is not None} | _parameters(parameters)
    divide(method, asked, explainer.parameters)  # before a name is taken for an argument of a function
    parts = {"jobs": jobs, "dask": dask, "part_rows": part_rows, "fresh": fresh or None}
    parted: dict[str, Any] = {name: value for name, value in parts.items() if value is not None}
    if explainer.manifest.kind == "tabular" and out and out.suffix == ".parquet":
        with Bars() as bars:
            summary = api.explain_dataset(
                explainer.bundle,
                input_,
                method=method,
                scale=scale,
                outputs=outputs or None,
                out=out,
                on_progress=bars.rows,
                on_step=bars.step,
                **parted,
                **asked,
            )
        click.echo(str(summary), err=True)
        return
    if parted:
        raise click.UsageError("--jobs, --dask, --part-rows and --fresh go with a table's rows and --out FILE.parquet.")
    if out:
        out.parent.mkdir(parents=True, exist_ok=True)  # before anything is computed
    with Bars() as bars:
        result = explainer(input_, method, scale=scale, outputs=outputs or None, on_progress=bars.coalitions, **asked)
    if out is None:
        click.echo(result.to_json())
    elif out.suffix == ".json":
        out.write_text(result.to_json() + "\n", "utf-8")
        segment_maps.write(result, out)
    else:
        tables.write_parquet(result, out)


@main.command()
@click.argument("path", type=click.Path(path_type=Path))
def inspect(path: Path) -> None:
    """Describe a bundle, or an ONNX model: what it takes, answers and makes public."""
    from xaiweb import describe

    for line in describe.describe(path):
        click.echo(line)


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Everything a program needs to draw its own form.")
def methods(as_json: bool) -> None:
    """List the methods and their parameters."""
    from xaiweb import describe

    if as_json:
        click.echo(json.dumps(describe.methods(), indent=2, ensure_ascii=False))
        return
    for method in describe.methods():
        click.echo(f"{method['name']}: {method['title']}. {method['summary']}\n  {method['reference']}")
        click.echo(f"  For {', '.join(method['modalities'])} data.")
        _list(method["parameters"])
    for kind, parameters in describe.kinds().items():
        if parameters:
            click.echo(f"All methods, of {kind} data:")
            _list(parameters)


@main.command()
def doctor() -> None:
    """Check this machine, the browser's runtime files, and the browser."""
    from xaiweb import doctor as checks

    findings = checks.check()
    for finding in findings:
        click.echo(f"{finding.mark} {finding.what}: {finding.found}" + (f" {finding.next}" if finding.next else ""))
    if any(finding.state == "broken" for finding in findings):
        raise XaiwebError("something needed is missing.", next="See the lines marked with a cross.")


def _list(parameters: list[dict[str, Any]]) -> None:
    for parameter in parameters:
        choices = f" ({' | '.join(parameter['choices'])})" if parameter["choices"] else ""
        click.echo(f"  --{parameter['name'].replace('_', '-')}{choices}: {parameter['help']}")


def _parameters(words: tuple[str, ...]) -> dict[str, int | float | str]:
    """Parameters by name, from what the command line has beside its own options."""
    split = [part for word in words for part in (word.split("=", 1) if word.startswith("--") else [word])]
    if len(split) % 2 or not all(name.startswith("--") for name in split[::2]):
        raise click.UsageError(f"{' '.join(words)!r} are not parameters: write --name value.")
    names = [name[2:].replace("-", "_") for name in split[::2]]
    return {name: _number(value) for name, value in zip(names, split[1::2], strict=True)}


def _number(word: str) -> int | float | str:
    for kind in (int, float):
        with contextlib.suppress(ValueError):
            return kind(word)
    return word


def _read_json(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        raise InputError("there is no such file.", where=str(path), next="Check the path.") from None
    except (ValueError, RecursionError) as reason:
        raise InputError(f"this is not JSON ({reason}).", where=str(path), next="Check the file.") from None


if __name__ == "__main__":
    main()
