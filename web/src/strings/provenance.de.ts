/** Was die Felder der Herkunft bedeuten; hier, in der dritten Tiefe, stehen die genauen Fachwörter. */
import type { provenance as english } from "./provenance.en.js";

export const provenance: typeof english = {
  provenance: {
    method: { label: "Methode", help: "Welche Art von Erklärung das ist" },
    estimator: { label: "Schätzverfahren", help: "Wie die Zahlen berechnet wurden" },
    plan: { label: "Plan", help: "Welcher Weg genommen wurde und warum (englisch)" },
    parameters: { label: "Parameter", help: "Was verlangt wurde" },
    seed: { label: "Startwert", help: "Wo der Zufall begann; derselbe Wert wiederholt ihn" },
    scale: { label: "Skala", help: "Die Einheit, in der alles aufgeht" },
    n_coalitions: { label: "Koalitionen", help: "Verschiedene Kombinationen von Angaben, die ausgewertet wurden" },
    n_model_rows: { label: "Modellzeilen", help: "Zeilen, auf denen das Modell lief" },
    chunk_rows: { label: "Portion", help: "Modellzeilen pro Lauf; sie bewegt die letzten Stellen" },
    elapsed_ms: { label: "Zeit", help: "Wie lange es gedauert hat" },
    engine: { label: "Laufzeit", help: "Womit das Modell lief" },
    provider: { label: "Recheneinheit", help: "Worauf es lief" },
    model_sha256: { label: "Modell", help: "Die genauen Bytes des Modells als SHA-256-Prüfsumme" },
    core_version: { label: "Kern", help: "Version des Programms, das die Erklärung berechnet hat" },
    core_kernels: {
      label: "Innere Schleifen",
      help: "Kompiliert oder, langsamer, mit numpy; es bewegt die letzten Stellen",
    },
  },
  provenance_words: {
    none: "nicht festgehalten",
    methods: {
      shapley: "Shapley-Werte",
      lime: "LIME, ein lineares Modell in der Nähe",
      occlusion: "Verdecken, ein Teil nach dem anderen",
      rise: "RISE, zufällige weiche Masken",
    },
    estimators: {
      exact: "genau, durch Aufzählen",
      linear: "genau, abgelesen aus einem Modell, das in dieser Skala eine Summe je eines Teils pro Angabe ist",
      tree: "genau, aus den Knoten der Entscheidungsbäume des Modells (interventionelles TreeSHAP)",
      least_squares: "geschätzt, durch gewichtete kleinste Quadrate mit Nebenbedingung über gepaarte Koalitionen",
      permutation: "geschätzt, über zufällige Reihenfolgen der Angaben, jede vorwärts und rückwärts durchlaufen",
      gaussian_process:
        "geschätzt, durch einen Gauß-Prozess über alle ungeraden Ordnungen und kleinste Quadrate auf dem Rest",
      owen: "geschätzte Owen-Werte, vom Groben zum Feinen innerhalb von Gruppen von Angaben verteilt",
      ridge: "geschätzt, durch eine gewichtete Ridge-Regression auf das, was die Stichproben zeigen",
      unfinished: "genau, so weit es gekommen ist; der Rest steht noch aus",
      monte_carlo: "geschätzt, als Mittel über zufällige Masken",
    },
    scales: {
      output: "die Ausgabe, wie das Modell sie gibt",
      margin: "der Rohwert vor dem letzten Schritt des Modells",
      logit: "log(p / (1 − p)) jeder Modellzeile",
    },
    providers: {
      cpu: "der Prozessor, außerhalb eines Browsers",
      wasm: "der Prozessor, in WebAssembly",
      webgpu: "die Grafikkarte, über WebGPU",
      webgl: "die Grafikkarte, über WebGL",
    },
    kernels: {
      compiled: "kompiliert",
      numpy: "mit numpy",
      null: "keine: das ist eine erste Schätzung, noch bevor der Kern geladen ist",
    },
  },
};
