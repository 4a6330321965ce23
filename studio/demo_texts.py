"""What the demo's prompt functions are asked about."""

from __future__ import annotations

SUBJECTS = (
    "the lighthouse of Genoa",
    "sourdough bread",
    "tides in Brittany",
    "the printing press",
    "paper maps",
    "bees in cities",
    "the Antikythera mechanism",
    "night trains",
)

REVIEWS = (
    "The kettle arrived two days early and boils in a minute. I would buy it again.",
    "Third parcel in a row with a dent. Nobody answers my letters.",
    "It does what it says. The manual is only in Danish, which I do not read.",
    "My daughter has named it Otto and takes it to school. Five stars from Otto as well.",
)

ARTICLE = (
    "The harbour of Bergen was closed for four hours on Sunday after a barge lost 38 containers in a squall."
    " Pilot Ingrid Solheim brought three ferries in by hand. The harbour office counts the damage at 240,000 kroner"
    " and wants to know by Friday why the warning came late."
)

ORDERS = (
    "Please send 3 copies of “The Winter Garden” and 12 blue notebooks to Clara Weiss, Hafenstrasse 9, Hamburg, by 2026-12-18.",
    "Two reading lamps for Marco Bianchi in Trieste. He can be reached at marco@example.com.",
)

IN_OTHER_LANGUAGES = (
    "Was ist das Besondere am Hamburger Hafen?",
    "Warum brauchen Bienen in der Stadt kein Mitleid?",
    "请介绍一下长城的历史",
    "用一句话解释什么是潮汐",
    "ما هي عاصمة المغرب ولماذا اختيرت؟",
    "اشرح كيف تعمل المنارة",
    "Pourquoi les phares portent-ils des lentilles de Fresnel ?",
    "Explique le pain au levain à un enfant",
)

JOURNEYS = (
    "What is the weather in Lisbon, Oslo and Kyoto? I have to pack tonight.",
    "Find trains from Vienna to Trieste on 2026-12-04, then tell me the weather in Trieste.",
    "Convert 340 kroner to EUR, and what is the weather in Bergen?",
    "Book a hotel in “Hotel Miramare” for 2 nights.",
)

ABOUT_A_GARDEN = (
    "I have a garden of 40 square metres that faces north. What grows there?",
    "How much water do ferns need in July?",
    "And hostas: do slugs always win?",
    "What would you plant between the stones of the path?",
    "When should I divide the ferns?",
    "Can the same bed carry bulbs for spring?",
    "What does the soil test cost, and is it worth it?",
    "Write me a plan for the first year, in detail.",
)

HOUSE_RULES = "\n".join(
    f"{number}. {rule}"
    for number, rule in enumerate(
        (
            "You answer for the municipal library of a harbour town.",
            "Say where a book stands before you say what is in it.",
            "Never promise a loan for longer than four weeks.",
            "Readers under twelve are addressed by their first name.",
            "If two editions exist, name the older one first.",
            "Fines are not discussed in writing.",
            "The reading room closes at nine, on Sundays at five.",
            "When in doubt, ask the reader a question back.",
        ),
        1,
    )
)
