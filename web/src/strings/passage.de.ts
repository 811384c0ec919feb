/** Texte: das Eingabefeld, die gefärbten Wörter, und was sich mit ihnen ausprobieren lässt. */
import type { passage as english } from "./passage.en.js";

export const passage: typeof english = {
  passage: {
    here: "Dieser Text",
    all_hidden: "Alle Wörter verdeckt",
    quote: (words) => `„${words}“`,
    for: (label, list) => `Am meisten für „${label}“: ${list}.`,
    against: (label, list) => `Am meisten gegen „${label}“: ${list}.`,
    nothing: "Kein Wort bewegt dieses Ergebnis: Wären alle verdeckt, bliebe es gleich.",
    finding: (base, here) => `Was diesen Text von ${base}, alle Wörter verdeckt, zu ${here} führt`,
    weights: (here) => `Was jedes Wort zu den ${here} dieses Textes beiträgt`,
    description: (count, axis, list) =>
      `Text aus ${count} Teilen, gefärbt danach, wie weit jeder „${axis}“ bewegt. Am größten: ${list}.`,
    compared: "Verglichen mit demselben Text, alle Wörter verdeckt",
    decision: {
      as_example: "Den Text ändern oder ein Wort durch Klicken verdecken, um zu sehen, was folgt.",
      unchanged: "Die bisherigen Änderungen machen keinen Unterschied.",
      moved: (amount, before) => `${amount} gegenüber dem Beispiel (${before}).`,
      turned: (before, now) => `Die Entscheidung wurde von ${before} zu ${now}.`,
      ring: "wo das Beispiel stand",
    },
    hiding: {
      as_example: "Einige Wörter sind verdeckt.",
      unchanged: "Ohne die verdeckten Wörter bleibt das Ergebnis gleich.",
      moved: (amount, before) => `${amount} ohne die verdeckten Wörter (ganzer Text: ${before}).`,
      turned: (before, now) => `Die Entscheidung wurde von ${before} zu ${now}.`,
      ring: "wo der ganze Text steht",
    },
    editor: {
      title: "Der Text",
      samples: "Mit einem Beispiel beginnen",
      own: "Eigener Text",
      label: "Zu erklärender Text",
      hint: "Hier einen Text eingeben oder einfügen. Er bleibt auf diesem Gerät.",
      paste: "Einfügen",
      no_paste:
        "Dieser Browser gibt die Zwischenablage nicht heraus. In den Text klicken und Strg+V drücken geht immer.",
      undo: "Rückgängig",
      reset: "Zurücksetzen",
      clear: "Leeren",
      size: (words, characters) => `${words} Wörter, ${characters} Zeichen`,
      empty_title: "Hier steht noch kein Wort",
      empty:
        "Einen Text eingeben oder einfügen, oder mit einem Beispiel beginnen. „Rückgängig“ holt zurück, was vorher hier stand.",
      long_title: "Dieser Text ist für diese Seite zu lang",
      long: (count, most) =>
        `Er hat ${count} Zeichen; höchstens ${most} gehen. Gekürzt lässt er sich auswerten. Nichts ist verloren.`,
    },
    text: {
      title: "Der Text, gefärbt",
      label: "Wörter des Textes; Pfeiltasten bewegen, Eingabe verdeckt oder holt zurück",
      hint: "Auf ein Wort zeigen, um zu sehen, was es bewirkt; ein Klick verdeckt es.",
      is: (word, amount) => `${word}: ${amount}`,
      hidden: (word) => `${word}, verdeckt`,
      sentence: (amount) => `sein Satz ${amount}`,
      hide: "Verdecken",
      restore: "Zurückholen",
      stale: "Vom Text, wie er war; der neue folgt.",
      up: (label) => `für „${label}“`,
      down: (label) => `gegen „${label}“`,
      raises: "erhöht",
      lowers: "senkt",
      scale: (amount) => `kräftigste Farbe: ${amount}`,
      unread: (count) => `Grau: Dort hört das Modell auf zu lesen; ${count} Zeichen spielen keine Rolle.`,
      undrawn: (count, all) => `Hier sind nur die ersten ${count} von ${all} Wörtern gezeichnet; die Datei hat alle.`,
      cut: (count) => `… und ${count} weitere Zeichen`,
    },
    ranking: {
      title: "Was am meisten wiegt",
      words: "Wörter",
      sentences: "Sätze",
      choose: "Was aufgezählt wird",
      all: (count) => `Mehr zeigen (${count})`,
      fewer: "Weniger zeigen",
      sums: "Die Zahl eines Satzes ist die Summe seiner Wörter.",
    },
    removal: {
      title: "Und wenn die stärksten Wörter nicht da wären?",
      label: (count) => `Verdeckt: die ${count} stärksten`,
      which: "Welche Wörter",
      both: "für oder gegen",
      none: "Nichts ist verdeckt.",
      count: (count) => `${count} verdeckt`,
      restore: "Alle zurückholen",
      said: (count, before, now) => `${count} verdeckt: aus ${before} werden ${now}`,
    },
    numbers: "Zahlen",
    word: "Wort oder Satz",
    place: "Stelle",
    caption: (axis, unit) => `Beiträge zu „${axis}“, in ${unit}. Der größte zuerst.`,
    more_rows: (count, all) => `Die ersten ${count} von ${all}; die CSV-Datei hat alle.`,
    more_words: (count) => `… und ${count} weitere Wörter`,
  },
  passage_trust: {
    estimated: (count, typical, largest) =>
      `Die Zahlen sind geschätzt, aus ${count} Fassungen des Textes mit verdeckten Wörtern. Mit 95 % Sicherheit liegt eine Zahl in der Regel höchstens ${typical} daneben, schlimmstenfalls ${largest}.`,
    partly_unknown: (count) => `Bei ${count} davon ist unbekannt, wie weit sie danebenliegen.`,
    ways: {
      shapley:
        "Das Modell wurde nach dem Text mit verdeckten Wörtern gefragt, und was der ganze Text ausmacht, wurde verteilt: erst auf Sätze, dann auf die Wörter derer, auf die es ankommt.",
      lime: "Das Modell wurde nach dem Text mit zufällig verdeckten Wörtern gefragt. Die Zahl eines Wortes ist sein Gewicht in der einfachen Summe, die diesen Antworten nahe beim ganzen Text am besten entspricht.",
      occlusion:
        "Jeder Teil wurde für sich verdeckt; seine Zahl ist, wie weit das Ergebnis ohne ihn fällt. Wörter, die füreinander einspringen, sehen so alle unwichtig aus.",
    },
    hidden_title: "Was Verdecken heißt",
    hidden: {
      mask: "Statt verdeckter Wörter liest das Modell ein einziges Zeichen für „hier stand etwas“, gleich wie viele es sind.",
      delete:
        "Verdeckte Wörter werden herausgenommen; ihre Nachbarn rücken zusammen. Neue Nachbarn können einen neuen Sinn ergeben.",
      pad: "Verdeckte Wörter lassen leere Plätze zurück, wie am Ende eines kurzen Textes.",
    },
    scales: {
      output: "Wie das Modell sein Ergebnis angibt.",
      margin: "Im Rohwert des Modells, vor seinem letzten Schritt; das sind keine Wahrscheinlichkeiten.",
      logit: "In Log-Odds, dem Logarithmus von p / (1 − p); das sind keine Wahrscheinlichkeiten.",
    },
    gap: (gap) => `Alle Wörter verdeckt plus alle Beiträge ist die Vorhersage; die Lücke ist ${gap}.`,
    no_sum: "Bei diesem Verfahren ergeben die Zahlen zusammen nicht die Vorhersage; sie ordnen die Wörter.",
    not_final: "Das sind noch nicht die endgültigen Zahlen; sie können sich noch bewegen.",
    limit_list: [
      "Es sagt, was dieses Modell im Text liest, nicht was der Text bedeutet, und nicht, ob die Entscheidung richtig ist.",
      "Einen Text mit verdeckten Wörtern würde niemand so schreiben; das Modell muss trotzdem antworten.",
      "Wörter, die dasselbe sagen, teilen sich den Beitrag, und allein bewirkt ein Wort vielleicht nicht, was es neben einem anderen bewirkt.",
    ],
  },
};
