/** Was schiefgehen kann, nach Code: was geschehen ist, was es bedeutet, was zu tun ist. */
import type { failures as english, FailureWords } from "./failures.en.js";

const file: FailureWords = {
  title: "Eine Datei dieser Seite fehlt",
  meaning:
    "Die Liste der Seite nennt eine Datei, die ihr Server nicht herausgibt; so kann hier nicht gerechnet werden.",
  next: "Versuchen Sie es gleich noch einmal. Bleibt es dabei, melden Sie es den Betreibern; die Einzelheiten nennen die Datei.",
};
const blocked: FailureWords = {
  title: "Die Sicherheitsregeln dieser Seite blockieren die Erklärung",
  meaning: "Die Seite, in der die Erklärung steht, verbietet etwas, was sie zum Laufen braucht.",
  next: "Wer diese Seite betreibt, muss das in den Einzelheiten genannte Wort in die Content-Security-Policy aufnehmen.",
};
const bundle: FailureWords = {
  title: "Die Beschreibung dieses Modells ist nicht lesbar",
  meaning: "Die Dateien dieses Modells sind unvollständig oder von einer Version, die diese Seite nicht kennt.",
  next: "Melden Sie es den Betreibern dieser Seite; die Einzelheiten sagen, was nicht lesbar ist.",
};

export const failures: typeof english = {
  "file-missing": file,
  "not-listed": file,
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
  "csp-missing-token": blocked,
  "csp-blocked": blocked,
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
  "model-not-finite": {
    title: "Das Modell gab keine Zahl",
    meaning:
      "Für diese Zeile oder eine Mischung mit der Referenz antwortete das Modell mit „keine Zahl“ oder Unendlich.",
    next: "Ändern Sie die Angabe, die weit außerhalb ihres Bereichs liegt, oder beginnen Sie mit einem Beispiel.",
  },
  "core-failed": {
    title: "Was die Erklärung verfeinert, konnte nicht starten",
    meaning:
      "Die Entscheidung oben stimmt. Was darunter steht, ist höchstens eine erste Schätzung und bleibt so bezeichnet.",
    next: "Versuchen Sie es noch einmal. Bleibt es dabei, schließen Sie andere Tabs oder nehmen Sie einen anderen Browser.",
  },
  "worker-failed": {
    title: "Der rechnende Teil hat aufgehört",
    meaning: "Der Browser hat ihn beendet, meist aus Mangel an Speicher. Ihre Eingaben sind noch da.",
    next: "Laden Sie die Seite neu; schließen Sie vorher andere Tabs, wenn es wieder geschieht.",
  },
  "files-invalid": bundle,
  "bundle-invalid": bundle,
  "bundle-version": bundle,
  bundle,
};
