"""The letters beyond ASCII of each language's own spelling, most of them lost in a wrong encoding."""

from __future__ import annotations

LETTERS = {
    "ca": "àçèéíïòóúü", "cs": "áčďéěíňóřšťúůýž", "da": "åæøé", "de": "äöüß", "en": "éïèç",
    "es": "áéíñóúü", "et": "äõöüšž", "fi": "äöå", "fr": "éèàêçâîôûùïëœæü", "gl": "áéíñóúü",
    "hbs": "čćđšž", "hu": "áéíóöőúüű", "is": "áæðéíóöþúý", "it": "àèéìòù", "lt": "ąčęėįšųūž",
    "lv": "āčēģīķļņšūž", "nb": "åæøéòô", "nl": "éëïèöüê", "nn": "åæøéòô", "pl": "ąćęłńóśźż",
    "pt": "áâãàçéêíóôõú", "ro": "ăâîșțşţ", "sk": "áäčďéíĺľňóôŕšťúýž", "sl": "čšž", "sq": "çë",
    "sv": "åäöé", "tr": "çğıöşüâî", "cy": "âêîôûŵŷ", "ga": "áéíóú",
}  # fmt: skip
