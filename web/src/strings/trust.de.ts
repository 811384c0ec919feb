/** Wie weit man einer Erklärung trauen kann: wie sie berechnet wurde, wie genau sie ist, was sie nicht sagen kann. */
import type { trust as english } from "./trust.en.js";

export const trust: typeof english = {
  trust: {
    precision: "Wie genau es ist",
    exact: "Die Zahlen sind genau: nichts wurde geschätzt.",
    unknown:
      "Wie weit die Zahlen danebenliegen, ist bei so wenigen Auswertungen unbekannt. Verfeinern Sie, um es zu erfahren.",
    unknown_or_exact: (unknown, exact) =>
      `Wie weit ${unknown} der Zahlen danebenliegen, ist bei so wenigen Auswertungen unbekannt; die anderen, ${exact}, sind genau. Verfeinern Sie, um es zu erfahren.`,
    estimated: (count, typical, largest) =>
      `Die Zahlen sind aus ${count} Kombinationen von Angaben geschätzt. Mit 95 % Sicherheit liegt eine Zahl in der Regel höchstens ${typical} daneben, schlimmstenfalls ${largest}; die dünnen Linien auf den Balken zeigen es.`,
    partly_unknown: (count) => `Bei ${count} Angaben ist unbekannt, wie weit sie danebenliegen.`,
    enough: (count, budget) =>
      `Beendet nach ${count} von ${budget} Auswertungen, weil der größte Standardfehler unter 2 % der Spannweite der Beiträge liegt. „Verfeinern“ geht weiter.`,
    way: "Wie sie berechnet wurden",
    ways: {
      exact:
        "Das Modell wurde nach jeder Kombination von Angaben gefragt, auf die es ankommt: hier diese Angabe, dort die der anderen.",
      linear:
        "In dieser Skala ist das Modell eine einfache Summe, ein Teil pro Angabe. Jeder Beitrag ist der Teil dieser Angabe, verglichen mit dem Durchschnitt der anderen.",
      tree: "Das Modell besteht aus Entscheidungsbäumen. Die Beiträge wurden aus den Bäumen selbst berechnet, ohne nach Kombinationen zu fragen.",
      least_squares:
        "Das Modell wurde nach einer Auswahl von Kombinationen der Angaben gefragt; die Beiträge sind die, die am besten zu seinen Antworten passen.",
      permutation:
        "Die Angaben wurden nacheinander eingesetzt, in zufälligen Reihenfolgen vorwärts und rückwärts; ein Beitrag ist, um wie viel sich das Ergebnis im Mittel bewegt, wenn seine Angabe dazukommt.",
      gaussian_process:
        "Das Modell wurde nach einer Auswahl von Kombinationen der Angaben gefragt. Ein glattes Bild seiner Antworten (ein Gauß-Prozess) wurde angepasst, was es verfehlt, wieder dazugezählt, und die Beiträge daraus abgelesen.",
      owen: "Es sind zu viele Angaben, um sie einzeln zu behandeln. Verwandte wurden zu Gruppen zusammengefasst: Das Ergebnis wird erst unter den Gruppen verteilt, dann innerhalb (Owen-Werte).",
    },
    counted: (combinations, rows) =>
      combinations === null
        ? `Das Modell lief auf ${rows} Eingaben.`
        : `${combinations} Kombinationen wurden ausgewertet, dafür lief das Modell auf ${rows} Eingaben.`,
    plan: "Aufgezeichnet ist, auf Englisch:",
    scale: "In welcher Einheit",
    scales: {
      output:
        "So, wie das Modell sein Ergebnis gibt. Durchschnitt, Beiträge und Vorhersage stehen in dieser Einheit und gehen in ihr auf.",
      margin:
        "Im Rohwert des Modells, vor seinem letzten Schritt. Durchschnitt, Beiträge und Vorhersage stehen in dieser Einheit und gehen in ihr auf; es sind keine Wahrscheinlichkeiten.",
      logit:
        "In log-Chancen, dem Logarithmus von p / (1 − p). Durchschnitt, Beiträge und Vorhersage stehen in dieser Einheit und gehen in ihr auf; es sind keine Wahrscheinlichkeiten.",
    },
    reference: "Womit verglichen wird",
    compared: (reference, kind) =>
      `Jede Zahl sagt, was sich im Vergleich mit ${reference} ändert (${kind}). Im Vergleich mit anderen wären es andere Zahlen.`,
    kinds: {
      sample: "echte Zeilen, zufällig gezogen",
      kmeans: "typische Zeilen, jede die Mitte einer Gruppe",
      median: "eine Zeile aus den mittleren Werten",
      given: "Zeilen, die die Urheber des Modells gewählt haben",
    },
    first: "Erste Schätzung und endgültige Zahlen",
    not_final: "Das sind noch nicht die endgültigen Zahlen; sie können sich innerhalb der dünnen Linien noch bewegen.",
    moved: (count, gap) =>
      `Die erste Schätzung aus ${count} Auswertungen lag höchstens ${gap} neben den Zahlen, die jetzt dastehen.`,
    adds_up: "Eine Probe, die jeder machen kann",
    gap: (gap) => `Durchschnitt plus alle Beiträge ergibt die Vorhersage; die Lücke ist ${gap || "0"}.`,
    limits: "Was es nicht sagen kann",
    limit_list: [
      "Es sagt, was dieses Modell tut; nicht, was in der Welt wahr ist, und nicht, ob die Entscheidung gerecht ist.",
      "Ein großer Beitrag heißt nicht, dass eine andere Angabe das Ergebnis um ebenso viel ändern würde. Probieren Sie es im Formular.",
      "Angaben, die meist zusammen auftreten, teilen sich den Beitrag; das Modell wird auch nach Kombinationen gefragt, die kaum vorkommen.",
    ],
  },
};
