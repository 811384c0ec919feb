/** Was bei Dateien voller Zeilen schiefgehen kann, nach Code. */
import type { rowsFailures as english } from "./failures.rows.en.js";

export const rowsFailures: typeof english = {
  csv: {
    title: "Das ist keine lesbare CSV-Datei",
    meaning: "Nötig sind eine Kopfzeile, UTF-8-Text und geschlossene Anführungszeichen; es wurde nichts erklärt.",
    next: "Speichern Sie die Tabelle als CSV (UTF-8) und wählen Sie sie noch einmal.",
  },
  "table-kind": {
    title: "Aus dieser Datei lässt sich keine Tabelle lesen",
    meaning: "Sie ist beschädigt oder von einer Art, die diese Seite nicht liest; es wurde nichts erklärt.",
    next: "Wählen Sie eine .csv- oder .parquet-Datei.",
  },
  "file-columns": {
    title: "Die Spalten der Datei sind nicht die des Modells",
    meaning: "Eine Spalte fehlt, oder es gibt eine, die das Modell nicht kennt; es wurde nichts erklärt.",
    next: "Benennen Sie die Spalten um, die die Einzelheiten nennen, und wählen Sie die Datei noch einmal.",
  },
  "group-too-large": {
    title: "Diese Parquet-Datei besteht aus zu großen Stücken",
    meaning: "Eines davon passt nicht sicher in den Speicher dieser Seite; es wurde nichts erklärt.",
    next: "Schreiben Sie sie mit kleineren Zeilengruppen, etwa je 100.000 Zeilen, oder speichern Sie sie als CSV.",
  },
  "file-unreadable": {
    title: "Die Datei lässt sich nicht mehr lesen",
    meaning: "Sie wurde seit der Auswahl geändert, verschoben oder gelöscht. Was fertig ist, ist aufgehoben.",
    next: "Wählen Sie sie noch einmal; mit derselben Datei geht es weiter, wo es stand.",
  },
  "part-damaged": {
    title: "Etwas Aufgehobenes ist beschädigt",
    meaning: "Was dieser Browser von einigen Zeilen aufgehoben hat, ist nicht das, was geschrieben wurde.",
    next: "Setzen Sie fort: Diese Zeilen werden neu berechnet.",
  },
  "storage-full": {
    title: "In diesem Browser ist kein Platz mehr",
    meaning: "Fertige Zeilen sind aufgehoben; die nächsten konnten es nicht werden.",
    next: "Löschen Sie, was von anderen Dateien aufgehoben ist, oder schaffen Sie Platz, und setzen Sie dann fort.",
  },
  "storage-failed": {
    title: "Dieser Browser hebt hier nichts auf",
    meaning: "Private Fenster lassen das oft nicht zu. Erklärt wird trotzdem, nur nach einem Neuladen nicht weiter.",
    next: "Beginnen Sie neu, ohne es in diesem Browser aufzuheben.",
  },
  "run-changed": {
    title: "Seit dem Beginn hat sich etwas geändert",
    meaning: "Das Modell, die Version oder was es rechnet ist anders; alte und neue Zeilen passten nicht zusammen.",
    next: "Nehmen Sie mit, was da ist, löschen Sie es und beginnen Sie neu.",
  },
  "run-busy": {
    title: "Diese Datei wird gerade in einem anderen Tab erklärt",
    meaning: "Zwei Tabs zugleich kämen einander in die Quere.",
    next: "Gehen Sie zu jenem Tab, oder halten Sie dort an.",
  },
  "no-run": {
    title: "Das ist nicht mehr aufgehoben",
    meaning: "Es wurde gelöscht, hier oder in einem anderen Tab.",
    next: "Wählen Sie die Datei noch einmal.",
  },
};
