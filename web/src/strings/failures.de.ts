/** Was schiefgehen kann, nach Code: was geschehen ist, was es bedeutet, was zu tun ist. */
import type { failures as english, FailureWords } from "./failures.en.js";
import { inputFailures } from "./failures.inputs.de.js";
import { rowsFailures } from "./failures.rows.de.js";

const method: FailureWords = {
  title: "Diese Methode ist hier nicht bekannt",
  meaning: "Die Seite verlangte eine Art der Erklärung, die ihre jetzige Fassung nicht hat.",
  next: "Laden Sie die Seite neu. Bleibt es dabei, melden Sie es den Betreibern; die Einzelheiten nennen die Methoden.",
};
const mixed: FailureWords = {
  title: "Zwei Teile dieser Seite verstehen einander nicht",
  meaning: "Was der eine schrieb, kann der andere nicht lesen; darum wurde keine Erklärung berechnet.",
  next: "Laden Sie die Seite neu. Bleibt es dabei, melden Sie es den Betreibern: Die Site muss neu gebaut werden.",
};

export const failures: typeof english = {
  "file-missing": {
    title: "Eine Datei dieser Seite fehlt",
    meaning:
      "Die Liste der Seite nennt eine Datei, die ihr Server nicht herausgibt; so kann hier nicht gerechnet werden.",
    next: "Versuchen Sie es gleich noch einmal. Bleibt es dabei, melden Sie es den Betreibern; die Einzelheiten nennen die Datei.",
  },
  "not-listed": {
    title: "Das ist keine Datei dieser Site",
    meaning: "Die Seite verlangte etwas, was die Liste der Site nicht nennt; nur aufgelistete Dateien werden geholt.",
    next: "Laden Sie die Seite neu. Bleibt es dabei, melden Sie es den Betreibern; die Einzelheiten nennen das Verlangte.",
  },
  "hash-mismatch": {
    title: "Eine Datei ist nicht, was sie sein soll",
    meaning:
      "Eine Datei kam beschädigt oder aus einer anderen Version dieser Seite an. Sie wurde nicht benutzt, und nichts wurde damit berechnet.",
    next: "Laden Sie die Seite neu. Bleibt es dabei, wurde sie verändert oder beschädigt: Melden Sie es den Betreibern.",
  },
  "network-lost": {
    title: "Das Netz ist weg",
    meaning: "Es ist noch nicht alles geladen, und der Rest ist nicht erreichbar. Ihre Eingaben sind noch da.",
    next: "Prüfen Sie die Verbindung und versuchen Sie es noch einmal.",
  },
  "no-webassembly": {
    title: "Dieser Browser kann das Modell nicht ausführen",
    meaning:
      "WebAssembly fehlt hier oder ist abgeschaltet; damit läuft das Modell in Ihrem Browser und nirgends sonst.",
    next: "Nehmen Sie einen aktuellen Firefox, Chrome, Edge oder Safari, oder erlauben Sie WebAssembly in den Einstellungen.",
  },
  "insecure-context": {
    title: "Diese Adresse ist nicht sicher genug",
    meaning:
      "Browser prüfen Dateien nur über https und auf dem eigenen Rechner; ohne diese Prüfung wird nichts ausgeführt.",
    next: "Öffnen Sie dieselbe Seite mit https:// davor, oder stellen Sie sie auf localhost bereit.",
  },
  "csp-blocked": {
    title: "Die Sicherheitsregeln dieser Seite blockieren die Erklärung",
    meaning: "Die Seite, in der die Erklärung steht, verbietet etwas, was sie zum Laufen braucht.",
    next: "Wer diese Seite betreibt, muss das in den Einzelheiten genannte Wort in die Content-Security-Policy aufnehmen.",
  },
  "model-corrupt": {
    title: "Das Modell lässt sich nicht öffnen",
    meaning: "Seine Datei kam so an, wie sie veröffentlicht wurde, ist aber kein Modell, das laufen kann.",
    next: "Laden Sie die Seite neu. Bleibt es dabei, melden Sie es den Betreibern: Das Modell muss neu exportiert werden.",
  },
  "provider-unavailable": {
    title: "So läuft das Modell hier nicht",
    meaning:
      "Dieser Browser bietet nicht, was verlangt wurde (Grafikkarte oder Treiber), oder das Modell passt nicht dazu.",
    next: "Lassen Sie die Seite einen anderen Weg wählen; die Ergebnisse sind bis auf Rundung gleich.",
  },
  "runtime-failed": {
    title: "Was das Modell ausführt, startet nicht",
    meaning: "Alle Dateien sind da, aber dieser Browser konnte den Teil nicht starten, der das Modell ausführt.",
    next: "Schließen Sie andere Tabs, um Speicher freizugeben, und laden Sie neu, oder nehmen Sie einen anderen Browser.",
  },
  "unknown-level": {
    title: "Das Modell kennt eine der Angaben nicht",
    meaning: "In einem Feld steht ein Wort, das das Modell nie gelernt hat; für diese Zeile gibt es kein Ergebnis.",
    next: "Wählen Sie im markierten Feld eine Angabe aus der Liste.",
  },
  "not-a-number": {
    title: "Eine der Angaben ist keine Zahl",
    meaning: "Das Modell braucht dort eine Zahl; für diese Zeile gibt es kein Ergebnis.",
    next: "Geben Sie in dem Feld, das die Einzelheiten nennen, eine Zahl ein.",
  },
  missing: {
    title: "Eine der Angaben ist leer",
    meaning: "Das Modell braucht dort einen Wert; für diese Zeile gibt es kein Ergebnis.",
    next: "Füllen Sie das Feld aus, das die Einzelheiten nennen.",
  },
  "stale-page": {
    title: "Diese Seite ist älter als der Rest",
    meaning:
      "Die Seite wurde aktualisiert, während sie offen war. Alte und neue Teile werden nie gemischt, darum hält sie an.",
    next: "Laden Sie die Seite neu, um die jetzige Version zu bekommen.",
  },
  "outside-scope": {
    title: "Diese Seite kann nicht ohne Netz benutzt werden",
    meaning: "Sie liegt außerhalb des Ordners, um den sich der Service Worker kümmert. Mit Netz geht alles.",
    next: "Nichts zu tun, außer Sie betreiben diese Seite: Legen Sie sie unter den Ordner der Site.",
  },
  "outside-site": {
    title: "Dieses Modell liegt außerhalb der Site",
    meaning: "Nur Modelle derselben Site können geöffnet werden, damit nirgends sonst etwas angefragt wird.",
    next: "Wer diese Seite betreibt, muss das Modell unter den Ordner legen, in dem xaiweb.js liegt.",
  },
  "budget-too-small": {
    title: "Zu wenige Auswertungen",
    meaning: "Mit so wenigen kann die Methode diese Erklärung nicht berechnen.",
    next: "Erhöhen Sie das Budget unter „Methode und Einstellungen“; die Einzelheiten nennen das kleinste, das reicht.",
  },
  "estimator-unavailable": {
    title: "Dieses Schätzverfahren gibt es hier nicht",
    meaning: "Es braucht ein anders gebautes Modell oder eine andere Skala; darum wurde nichts berechnet.",
    next: "Wählen Sie unter „Methode und Einstellungen“ das Schätzverfahren „automatisch“ oder eine andere Skala.",
  },
  "interactions-unavailable": {
    title: "Was zusammenwirkt, lässt sich so nicht berechnen",
    meaning:
      "Die verlangten Interaktionen brauchen mehr Auswertungen oder einen anderen Weg, als die Einstellungen geben.",
    next: "Wählen Sie unter „Methode und Einstellungen“ für die Interaktionen „automatisch“, oder erhöhen Sie das Budget.",
  },
  "trees-too-deep": {
    title: "Die Bäume des Modells fragen zu viele Angaben hintereinander",
    meaning: "Die Beiträge lassen sich nicht aus den Bäumen selbst berechnen.",
    next: "Wählen Sie unter „Methode und Einstellungen“ ein anderes Schätzverfahren.",
  },
  "trees-table": {
    title: "Die Tabelle der Bäume des Modells ist beschädigt",
    meaning: "Die Beiträge lassen sich nicht aus den Bäumen selbst berechnen.",
    next: "Melden Sie es den Betreibern: Das Modell muss neu exportiert werden.",
  },
  "model-not-finite": {
    title: "Das Modell gab keine Zahl",
    meaning:
      "Für diese Zeile oder eine Mischung mit der Referenz antwortete das Modell mit „keine Zahl“ oder Unendlich.",
    next: "Ändern Sie die Angabe, die weit außerhalb ihres Bereichs liegt, oder beginnen Sie mit einem Beispiel.",
  },
  "core-failed": {
    title: "Was die Erklärung verfeinert, konnte nicht starten",
    meaning:
      "Die Antwort des Modells oben ist vollständig: Sie braucht nichts von dem, was ausfiel. Was darunter steht, ist höchstens eine erste Schätzung und bleibt so bezeichnet.",
    next: "Versuchen Sie es noch einmal. Bleibt es dabei, schließen Sie andere Tabs oder nehmen Sie einen anderen Browser.",
  },
  "worker-failed": {
    title: "Der rechnende Teil hat aufgehört",
    meaning: "Der Browser hat ihn beendet, meist aus Mangel an Speicher. Ihre Eingaben sind noch da.",
    next: "Laden Sie die Seite neu; schließen Sie vorher andere Tabs, wenn es wieder geschieht.",
  },
  "files-invalid": {
    title: "Die Dateiliste dieser Site ist nicht lesbar",
    meaning: "Jede Datei wird mit dieser Liste verglichen. Ohne sie ist nichts prüfbar, darum wird nichts ausgeführt.",
    next: "Laden Sie die Seite neu. Bleibt es dabei, melden Sie es den Betreibern: Die Site muss neu gebaut werden.",
  },
  "bundle-version": {
    title: "Die Beschreibung dieses Modells hat eine andere Version",
    meaning: "Sie stammt von einer Version der Werkzeuge, die diese Seite nicht kennt; darum wird nichts geraten.",
    next: "Melden Sie es den Betreibern: Modell und Site müssen mit derselben Version erstellt werden.",
  },
  "bundle-invalid": {
    title: "Die Beschreibung dieses Modells ist nicht lesbar",
    meaning: "Die Dateien dieses Modells sind unvollständig oder von einer Version, die diese Seite nicht kennt.",
    next: "Melden Sie es den Betreibern dieser Seite; die Einzelheiten sagen, was nicht lesbar ist.",
  },
  refused: {
    title: "Eine Anfrage wurde angehalten",
    meaning:
      "Etwas in dieser Seite wollte mehr als die Dateien der Site erreichen. Es wurde verweigert, nichts ging hinaus.",
    next: "Für Ihre Daten ist nichts zu tun. Geht die Erklärung nicht mehr, melden Sie es den Betreibern dieser Seite.",
  },
  closed: {
    title: "Dieses Modell wurde geschlossen",
    meaning: "Die Seite hat es weggelegt, darum antwortet es nicht mehr. Ihre Eingaben wurden nirgendwohin gesendet.",
    next: "Laden Sie die Seite neu, um es wieder zu öffnen.",
  },
  "missing-columns": {
    title: "Einige Angaben fehlen",
    meaning: "Das Modell braucht für jedes Feld einen Wert; in dieser Zeile fehlt mindestens einer.",
    next: "Ergänzen Sie die Felder, die die Einzelheiten nennen, oder beginnen Sie mit einem Beispiel.",
  },
  "extra-columns": {
    title: "Es gibt Angaben, für die das Modell kein Feld hat",
    meaning: "Sie still wegzulassen könnte einen Tippfehler verdecken; darum gibt es für diese Zeile kein Ergebnis.",
    next: "Entfernen Sie die Angaben, die die Einzelheiten nennen, oder benennen Sie sie um.",
  },
  "not-finite": {
    title: "Eine der Zahlen ist zu groß",
    meaning: "Mit Unendlich oder einer Zahl, die es nicht fassen kann, kann das Modell nicht rechnen.",
    next: "Geben Sie in dem Feld, das die Einzelheiten nennen, eine kleinere Zahl ein.",
  },
  infinite: {
    title: "Eine der Zahlen ist unendlich",
    meaning: "Eine Erklärung vergleicht endliche Zahlen; für diese Zeile gibt es keine.",
    next: "Geben Sie in dem Feld, das die Einzelheiten nennen, eine gewöhnliche Zahl ein.",
  },
  empty: {
    title: "Es gibt nichts, womit gerechnet werden kann",
    meaning: "Es wurde keine Zeile angegeben, darum gibt es weder Ergebnis noch Erklärung.",
    next: "Füllen Sie die Felder aus, oder beginnen Sie mit einem Beispiel.",
  },
  shape: {
    title: "Die Zeile passt nicht zum Modell",
    meaning: "Sie hat mehr oder weniger Werte, als das Modell Felder hat; für sie gibt es kein Ergebnis.",
    next: "Beginnen Sie mit einem Beispiel. Bleibt es dabei, melden Sie es den Betreibern dieser Seite.",
  },
  "unknown-output": {
    title: "Dieses Ergebnis hat das Modell nicht",
    meaning: "Was erklärt werden sollte, gehört nicht zu den Ergebnissen, die dieses Modell gibt.",
    next: "Wählen Sie eines der Ergebnisse, die die Einzelheiten nennen.",
  },
  "unknown-scale": {
    title: "Diese Einheit ist hier nicht bekannt",
    meaning: "Das Ergebnis des Modells lässt sich nicht in der verlangten Einheit ausdrücken.",
    next: "Wählen Sie unter „Methode und Einstellungen“ eine andere Einheit.",
  },
  "unknown-method": method,
  "method-unknown": method,
  parameter: {
    title: "Eine der Einstellungen ist nicht brauchbar",
    meaning: "Ihr Wert ist keiner, den die Methode annimmt; darum wurde keine Erklärung berechnet.",
    next: "Ändern Sie unter „Methode und Einstellungen“ die Einstellung, die die Einzelheiten nennen.",
  },
  "parameter-unknown": {
    title: "Diese Einstellung hat die Methode nicht",
    meaning: "Es wurde etwas eingestellt, was diese Methode nicht kennt; darum wurde keine Erklärung berechnet.",
    next: "Lassen Sie die Einstellung weg, die die Einzelheiten nennen.",
  },
  "background-empty": {
    title: "Es gibt nichts zum Vergleichen",
    meaning: "Eine Erklärung vergleicht mit anderen, und zu diesem Modell gehören keine.",
    next: "Melden Sie es den Betreibern: Das Modell muss mit Zeilen zum Vergleichen exportiert werden.",
  },
  players: {
    title: "Die Felder sind unbrauchbar gruppiert",
    meaning: "Jedes Feld muss zu genau einer Gruppe gehören; hier gehört eines zu keiner oder zu zweien.",
    next: "Melden Sie es den Betreibern: Das Modell muss mit anderen Gruppen exportiert werden.",
  },
  hierarchy: {
    title: "Die Gruppen von Angaben sind nicht zu gebrauchen",
    meaning: "Jede Angabe muss in genau einer Gruppe stehen, und hier steht eine in keiner oder in zweien.",
    next: "Melden Sie den Betreibern, was die Einzelheiten sagen.",
  },
  spec: mixed,
  explanation: mixed,
  "model-shape": {
    title: "Das Modell gab die falsche Zahl von Antworten",
    meaning: "Es muss zu jeder Zeile eine geben und tat es nicht; darum wurde damit nichts berechnet.",
    next: "Melden Sie es den Betreibern: Das Modell muss neu exportiert werden.",
  },
  "offline-unavailable": {
    title: "Diese Seite lässt sich nicht für später aufheben",
    meaning: "Der Browser hebt hier nichts auf, oft weil das Fenster privat oder der Speicher voll ist.",
    next: "Benutzen Sie sie mit Netz; oder schaffen Sie Platz, oder öffnen Sie sie in einem gewöhnlichen Fenster.",
  },
  ...inputFailures,
  ...rowsFailures,
  unexpected: {
    title: "Etwas ging schief, wofür diese Seite keine Worte hat",
    meaning: "Sie hielt dort an. Ihre Eingaben sind noch da, und nichts wurde gesendet.",
    next: "Laden Sie die Seite neu. Bleibt es dabei, melden Sie den Betreibern, was die Einzelheiten sagen.",
  },
};
