"""What a bundle's card shows: the explanation of its first example."""

from __future__ import annotations

from xaiweb.engine.photo import decode
from xaiweb.errors import XaiwebError
from xaiweb.explaining.explainer import Explainer
from xaiweb.explaining.images import PhotoExplainer
from xaiweb.explaining.rows import TableExplainer
from xaiweb.explaining.texts import TextExplainer
from xaiweb.site.pages import Picture
from xaiweb.site.photo_card import photo_card
from xaiweb.site.text_card import text_card
from xaiweb.site.thumbnail import english, thumbnail

GLANCE = 64
"""Coalitions of a photo: coarse, but enough for a picture of this size."""


def preview(explainer: Explainer) -> Picture | None:
    """The picture for a bundle's card; None where there is no example, or it can't be explained."""
    if not explainer.manifest.examples:
        return None
    try:
        if isinstance(explainer, TableExplainer):
            return _of_a_row(explainer)
        if isinstance(explainer, PhotoExplainer):
            return _of_a_photo(explainer)
        assert isinstance(explainer, TextExplainer)
        return _of_a_text(explainer)
    except XaiwebError:
        # A card without a picture; whoever opens the page is told what is wrong.
        return None


def _of_a_row(explainer: TableExplainer) -> Picture:
    explanation = explainer(dict(explainer.manifest.examples[0].values))[0]
    return thumbnail(explanation.to_dict(), explainer.manifest)


def _of_a_photo(explainer: PhotoExplainer) -> Picture:
    m = explainer.manifest
    example = m.examples[0]
    rgb = decode(explainer.bundle.path / example.file)
    explanation = explainer(rgb, budget=GLANCE)[0]
    labels = {output.name: english(output.label) or output.name for output in m.outputs}
    return photo_card(
        f"bundles/{m.name}/{example.file}",
        rgb.shape[:2],
        m.image.crop,
        explanation.segments.labels,
        explanation.values[:, 0].tolist(),
        english(example.title),
        labels[explanation.outputs[0]],
    )


def _of_a_text(explainer: TextExplainer) -> Picture:
    m = explainer.manifest
    example = m.examples[0]
    inputs = explainer.encode(explainer.bundle.path / example.file)
    (explanation,) = explainer.stream(inputs)
    shown = m.decision.output if m.decision else explanation.outputs[0]
    values = explanation.values[:, explanation.outputs.index(shown)].tolist()
    spans = [player.span or (0, 0) for player in explanation.players]
    return text_card(inputs[0][0], spans, values, english(example.title))
