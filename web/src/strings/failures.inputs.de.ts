/** Was an Fotos und Texten schiefgehen kann, nach Kennwort. */
import type { inputFailures as en } from "./failures.inputs.en.js";

export const inputFailures: typeof en = {
  photo: {
    title: "Das ist kein lesbares Foto",
    meaning: "Die Datei ist beschädigt, abgeschnitten oder von einer Art, die dieser Browser nicht kennt.",
    next: "Wählen Sie eine andere: JPEG, PNG, WebP und GIF werden überall gelesen.",
  },
  "photo-too-large": {
    title: "Das Foto ist zu groß",
    meaning: "Es hat mehr Bildpunkte, als diese Seite im Speicher halten darf; darum wurde es nicht geöffnet.",
    next: "Verkleinern Sie es, oder schneiden Sie aus, worauf es ankommt.",
  },
  image: {
    title: "Das Foto passt nicht zum Modell",
    meaning: "Was daraus wurde, ist nicht das, was das Modell annimmt; darum gibt es keine Erklärung.",
    next: "Wählen Sie ein anderes. Bleibt es dabei, melden Sie den Betreibern, was die Einzelheiten sagen.",
  },
  regions: {
    title: "Die Bereiche sind nicht zu gebrauchen",
    meaning: "Sie passen nicht zum Foto, oder es sind zu viele; darum gibt es keine Erklärung.",
    next: "Zeichnen Sie sie neu, oder lassen Sie die Seite das Foto zerlegen.",
  },
  text: {
    title: "Das ist kein Text",
    meaning: "Das Modell liest Text, und gegeben wurde etwas anderes.",
    next: "Geben Sie einen Text ein, oder beginnen Sie mit einem Beispiel.",
  },
  "no-words": {
    title: "In diesem Text steht kein Wort",
    meaning: "Das Modell liest Wörter und fand keines; darum gibt es weder Ergebnis noch Erklärung.",
    next: "Geben Sie einen Text mit mindestens einem Wort ein, oder beginnen Sie mit einem Beispiel.",
  },
  "wrong-kind": {
    title: "Dieses Modell nimmt eine andere Art von Daten",
    meaning: "Die Seite zeigt eine Art von Daten, etwa Fotos, und das Modell nimmt eine andere.",
    next: "Melden Sie es den Betreibern der Seite; die Einzelheiten sagen, was das Modell annimmt.",
  },
  "method-unfit": {
    title: "Diese Methode erklärt solche Daten nicht",
    meaning: "Sie ist für eine andere Art von Daten gemacht, als das Modell annimmt.",
    next: "Wählen Sie eine der Methoden, die in den Einzelheiten stehen.",
  },
};
