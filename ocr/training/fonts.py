"""Glyph masks of many free fonts and of the drawn alphabet, rendered once and kept in memory.

Fonts come from Debian packages (see FONT_PACKAGES) and are used for training only.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from ocr.plates.alphabet import DIGITS, ENDINGS, LETTERS, PROVINCES
from ocr.training.strokes import draw_glyph, random_style

GLYPH_HEIGHT = 64

_PACKAGES = (
    "fonts-roadgeek fonts-opendin fonts-osifont fonts-bebas-neue fonts-dejavu-core "
    "fonts-dejavu-extra fonts-liberation fonts-roboto-unhinted fonts-noto-cjk "
    "fonts-noto-cjk-extra fonts-noto-core fonts-wqy-microhei fonts-wqy-zenhei fonts-arphic-ukai "
    "fonts-arphic-gkai00mp fonts-lato fonts-open-sans fonts-clear-sans fonts-routed-gothic "
    "fonts-dosis fonts-league-mono fonts-play fonts-freefont-ttf fonts-smiley-sans "
    "fonts-apropal fonts-jetbrains-mono fonts-league-spartan fonts-karla fonts-cabin "
    "fonts-manrope fonts-urw-base35 fonts-agave fonts-b612 fonts-inter fonts-droid-fallback"
)
FONT_PACKAGES = tuple(_PACKAGES.split())
"""Debian packages of the fonts below; all are under free licences."""

_LATIN_NAMES = (
    "RG2014B RG2014C RG2014D RG2014E RG2014EM RG2014F OSP-DIN osifont BebasNeue-Bold "
    "BebasNeue-Regular BebasNeue-Book DejaVuSansCondensed-Bold DejaVuSansCondensed DejaVuSans-Bold "
    "DejaVuSansMono-Bold LiberationSans-Bold LiberationSansNarrow-Bold "
    "LiberationSansNarrow-Regular LiberationSans-Regular LiberationMono-Bold "
    "RobotoCondensed-Bold RobotoCondensed-Medium RobotoCondensed-Regular Roboto-Medium "
    "Roboto-Bold Roboto-Black Roboto-Regular Lato-Bold Lato-Heavy OpenSans-CondBold "
    "OpenSans-Semibold OpenSans-Bold ClearSans-Bold ClearSans-Medium routed-gothic-narrow "
    "routed-gothic routed-gothic-wide Dosis-Bold Dosis-ExtraBold Dosis-SemiBold LeagueMono-Bold "
    "LeagueMono-NarrowBold LeagueMono-CondensedBold LeagueMono-CondensedExtraBold "
    "LeagueMono-NarrowMedium Play-Bold Play-Regular FreeSansBold FreeSans Apropal-Bold "
    "JetBrainsMono-Bold JetBrainsMono-Medium LeagueSpartan-Bold LeagueSpartan-SemiBold "
    "Cabin-Bold Cabin-SemiBold Manrope-Bold NimbusSansNarrow-Bold NimbusSans-Bold "
    "NimbusSansNarrow-Regular agave-b-autohinted B612-Bold B612Mono-Bold Inter-Bold "
    "Inter-SemiBold InterDisplay-Bold NotoSansMono-Bold"
)

_HAN_NAMES = "wqy-microhei wqy-zenhei ukai gkai00mp SmileySans-Oblique DroidSansFallbackFull"
_HAN_PREFIXES = ("NotoSansCJK-", "NotoSerifCJK-")
_PLAIN = ("NotoSansCJK-", "wqy-", "DroidSans")

Glyphs = dict[str, NDArray[np.uint8]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Atlas:
    """Glyph masks by font: ``latin`` holds digits and letters, ``han`` Chinese characters.

    ``plain_han`` are those of ``han`` with strokes of one width, which plates come nearest to.
    """

    latin: tuple[Glyphs, ...]
    drawn: tuple[Glyphs, ...]
    han: tuple[Glyphs, ...]
    plain_han: tuple[Glyphs, ...]


class FontsMissingError(RuntimeError):
    """Too few of the free fonts are installed to train with."""


def _render(font: ImageFont.FreeTypeFont, char: str) -> NDArray[np.uint8] | None:
    image = Image.new("L", (260, 260), 0)
    ImageDraw.Draw(image).text((60, 40), char, fill=255, font=font)
    box = image.getbbox()
    if box is None:
        return None
    ink = image.crop(box)
    width = max(3, round(ink.width * GLYPH_HEIGHT / ink.height))
    return np.asarray(ink.resize((width, GLYPH_HEIGHT), Image.Resampling.LANCZOS), np.uint8)


def _load(path: Path, chars: str, index: int = 0) -> Glyphs | None:
    font = ImageFont.truetype(str(path), 120, index=index)
    glyphs: Glyphs = {}
    for char in chars:
        mask = _render(font, char)
        if mask is None:
            return None
        glyphs[char] = mask
    return glyphs


def load_atlas(seed: int = 7, drawn: int = 90) -> Atlas:
    """Render every known font and ``drawn`` variants of the stroke alphabet.

    Raises FontsMissingError, naming the packages to install.
    """
    files = {p.stem: p for p in sorted(Path("/usr/share/fonts").rglob("*")) if _usable(p)}
    latin = [_load(files[n], DIGITS + LETTERS) for n in _LATIN_NAMES.split() if n in files]
    han_names = [n for n in files if n in _HAN_NAMES.split() or n.startswith(_HAN_PREFIXES)]
    # Face 2 of the Noto collections holds the simplified Chinese forms.
    han = {
        n: _load(files[n], PROVINCES + ENDINGS, 2 if n.startswith("Noto") else 0)
        for n in sorted(han_names)
    }
    if len(latin) < 30 or len(han) < 5:
        raise FontsMissingError("install the fonts: apt-get install " + " ".join(FONT_PACKAGES))
    rng = random.Random(seed)
    styles = [random_style(rng) for _ in range(drawn)]
    return Atlas(
        latin=tuple(g for g in latin if g),
        drawn=tuple({c: draw_glyph(c, s, GLYPH_HEIGHT) for c in DIGITS + LETTERS} for s in styles),
        han=tuple(g for g in han.values() if g),
        plain_han=tuple(g for n, g in han.items() if g and n.startswith(_PLAIN)),
    )


def _usable(path: Path) -> bool:
    return path.suffix.lower() in {".ttf", ".otf", ".ttc"}
