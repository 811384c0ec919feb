/** Was Angaben zusammen bewirken: einfache Worte für die Person, darunter die genauen Fachwörter. */
import type { together as english } from "./together.en.js";

export const together: typeof english = {
  together: {
    toggle: "Zeigen, was zusammenwirkt",
    pairs: "Die Paare, Zeile für Zeile; Pfeiltasten bewegen",
    finding: (list, amount) => `Am stärksten zusammen: ${list}, ${amount}`,
    none: "Hier wirkt jede Angabe für sich",
    none_sure: "Keine zwei Angaben wirken mehr als zufällig zusammen",
    what: "Eine Angabe kann wegen einer anderen mehr oder weniger ausmachen. Jedes Feld sagt, um wie viel zwei Angaben zusammen das Ergebnis über das hinaus bewegen, was jede allein bewirkt. Wo sich Zeile und Spalte treffen, treffen sich die beiden.",
    sure: (share) => `Gestrichelt umrahmt: Das kann Zufall sein. „Genau“ gilt mit ${share} Sicherheit.`,
    arcs: (count) =>
      `Bögen verbinden Angaben, die zusammenwirken, die ${count} stärksten Paare: dick, wo es viel ist, gestrichelt, wo sie das Ergebnis senken.`,
    raise: "heben",
    lower: "senken",
    raises: "heben das Ergebnis zusammen",
    lowers: "senken es zusammen",
    strengthen: (list, verb, amount) =>
      `${list} verstärken einander: Zusammen ${verb} sie das Ergebnis um ${amount} mehr, als wenn jede Angabe allein wirkte.`,
    overlap: (list, verb, amount) =>
      `${list} überschneiden sich: Zusammen ${verb} sie das Ergebnis um ${amount} weniger, als wenn jede Angabe allein wirkte.`,
    shift: (list, verb, amount) =>
      `Zusammen ${verb} ${list} das Ergebnis um ${amount} über das hinaus, was jede Angabe allein bewirkt.`,
    independent: (list) =>
      `${list} berühren einander nicht: Zusammen bewirken sie genau das, was jede Angabe allein bewirkt.`,
    give_or_take: (distance) => `Auf ${distance} genau.`,
    chance: (distance) => `Auf ${distance} genau: Das kann Zufall sein.`,
    unknown: "Wie weit das danebenliegen kann, ist unbekannt.",
    description: (axis, count, list) =>
      `Matrix zu ${axis}: was ${count} Paare von Angaben zusammen bewirken, über das hinaus, was jede allein bewirkt. Die größten: ${list}.`,
    pair: (one, other, amount) => `${one} mit ${other} ${amount}`,
    left: (count) => `${count} weitere Angaben stehen in der Tabelle.`,
    table: "Tabelle",
    all: (count) => `Alle ${count} zeigen`,
    files: "Diese Zahlen mitnehmen",
    caption: (axis, unit, index, order) =>
      `Was Angaben zusammen bei „${axis}“ bewirken (Einheit: ${unit}). Index: ${index}; Mengen bis zu ${order} Angaben. Die größten zuerst.`,
    entries: "Angaben",
    beyond: "Über jede allein hinaus",
    about: "Was diese Zahlen genau sind",
    absent: {
      waiting: "Was zusammenwirkt, kommt mit den endgültigen Zahlen.",
      not_asked: "Was Angaben zusammen bewirken, war nicht verlangt.",
      not_this_way:
        "So, wie diese Beiträge berechnet wurden, zeigt sich nicht, was Angaben zusammen bewirken. Ein anderer Weg kann es zeigen und dauert länger.",
      not_accurate:
        "Was Angaben zusammen bewirken, lässt sich aus so wenigen Auswertungen nicht genau genug sagen: Die Zahlen wären meist Zufall. Mehr Auswertungen helfen.",
    },
    ask: "Berechnen",
    other_way: "Auf anderem Weg berechnen",
    refine: (count) => `Verfeinern (${count})`,
  },
  interaction_terms: {
    indices: {
      SII: "SII, Shapley-Interaktionsindex",
      "k-SII": "k-SII, zusammengefasste Shapley-Interaktionen",
      STII: "STII, Shapley-Taylor-Interaktionsindex",
      FSII: "FSII, treuer Shapley-Interaktionsindex",
    },
    about: {
      SII: "Der Shapley-Interaktionsindex (Grabisch & Roubens 1999): was eine Menge von Angaben zusammen über ihre Teile hinaus bewirkt, gemittelt über alle Koalitionen der übrigen. Die Beiträge im Bild enthalten den Anteil jeder Angabe daran schon; diese Zahlen kommen nicht dazu.",
      "k-SII":
        "Zusammengefasste Shapley-Interaktionen (Bordt & von Luxburg 2023): der Shapley-Interaktionsindex, so verteilt, dass einzelne Angaben und Mengen zusammen die Vorhersage ergeben.",
      STII: "Der Shapley-Taylor-Interaktionsindex (Sundararajan et al. 2020): Mengen unter der größten Größe bekommen, was sie vom Durchschnitt aus für sich bewirken; alles Übrige geht an die größten Mengen. Zusammen ergibt es die Vorhersage.",
      FSII: "Der treue Shapley-Interaktionsindex (Tsai et al. 2023): die Summe aus einzelnen Angaben und Mengen, die dem Modell auf allen Koalitionen am nächsten kommt. Zusammen ergibt sie die Vorhersage.",
    },
  },
};
