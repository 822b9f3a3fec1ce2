"""``mailguard incident export``, ``verify-bundle`` and ``compare``: evidence for others, and whether it is still so."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mailguard.cli.options import Config, Json, readable

IncidentNumber = Annotated[str, typer.Argument(metavar="NUMBER", help="As 2026-0007.", callback=readable)]


def export(
    incident_id: IncidentNumber,
    purpose: Annotated[str, typer.Option(help="What it is for; it goes on record.", callback=readable)],
    output: Annotated[Path, typer.Option("--output", "-o", help="Where to: a new file, or a folder.")] = Path(),
    config: Config = None,
    json: Json = False,
) -> None:
    """Take the evidence of an incident out as a ZIP file that a third party can check."""
    import os

    from mailguard.cli.office import opened, print_json
    from mailguard.incidents import INCIDENTS, IncidentRecords
    from mailguard.incidents.bundle import Bundler, exported, written
    from mailguard.incidents.documents import DOCUMENTS, DocumentRecords

    with opened(config) as office:
        records = IncidentRecords(office.spool.secret_box(INCIDENTS))
        documents = DocumentRecords(office.spool.secret_box(DOCUMENTS))
        bundler = Bundler(office.spool, records, documents, office.settings.office.name, office.zone())
        bundle = bundler.prepare(incident_id, office.actor, purpose, office.spool.clock.now())
        place = output / bundle.file_name if output.is_dir() else output
        # Never over something that is there, and for nobody else to read.
        descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            office.store.write_now(exported(records, bundle, office.actor, purpose))
            for chunk in written(bundle):
                file.write(chunk)
        if json:
            print_json({"file": str(place), "manifest_sha256": bundle.digest, "missing": bundle.manifest["missing"]})
            return
        typer.echo(f"{place}\nSHA-256 of the list: {bundle.digest}")


def verify_bundle(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The ZIP file.")],
    manifest_sha256: Annotated[
        str, typer.Option("--manifest-sha256", help="What the office says the list's SHA-256 is.", callback=readable)
    ] = "",
    json: Json = False,
) -> None:
    """Check a bundle of evidence: needs neither database nor configuration. Exit status 1 where something is wrong."""
    from mailguard.cli.office import print_json
    from mailguard.incidents.bundle_check import checked

    found = checked(file, manifest_sha256)
    if json:
        print_json(
            {
                "good": not found.faults,
                "manifest_sha256": found.digest,
                "incident": found.manifest.get("incident"),
                "exported_at": found.manifest.get("exported_at"),
                "faults": list(found.faults),
                "missing": found.manifest.get("missing", []),
            }
        )
    else:
        for fault in found.faults:
            typer.echo(fault, err=True)
        for one in found.manifest.get("missing", []):
            typer.echo(f"not in the bundle: {one['name']} ({one['why']})")
        if not found.faults:
            typer.echo(f"Incident {found.manifest['incident']}: {len(found.manifest['files'])} files, all as listed")
            typer.echo(f"SHA-256 of the list: {found.digest}")
    if found.faults:
        raise typer.Exit(1)


def compare(incident_id: IncidentNumber, config: Config = None, json: Json = False) -> None:
    """Compare mails and their record with what was noted when the incident was opened. Exit status 1 on a difference.

    Reads every mail whole.
    """
    from mailguard.cli.office import opened, print_json
    from mailguard.incidents import INCIDENTS, IncidentRecords
    from mailguard.incidents.evidence import Mark
    from mailguard.incidents.evidence import compare as compared

    with opened(config) as office:
        records = IncidentRecords(office.spool.secret_box(INCIDENTS))
        office.store.read_now(lambda reader: records.incident(reader, incident_id))
        found = compared(office.spool, office.store.read_now(lambda reader: records.entries(reader, incident_id)))
    if json:
        print_json(
            [
                {"queue_id": one.queue_id, "content": one.is_content, "sha256": one.noted, "is": one.mark.value}
                for one in found
            ]
        )
    else:
        for one in found:
            typer.echo(f"{one.queue_id}  {'content' if one.is_content else 'record '}  {one.mark.value}  {one.noted}")
    if any(one.mark is Mark.CHANGED for one in found):
        raise typer.Exit(1)
