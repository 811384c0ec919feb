/** Methods and their parameters in German, by `method` and `method.parameter`; English words come with the method. */

export const methods: Record<string, Record<string, string>> = {
  shapley: {
    title: "Shapley-Werte",
    summary: "Teilt den Unterschied zwischen dieser Vorhersage und dem Durchschnitt gerecht unter den Angaben auf.",
  },
  "shapley.estimator": {
    title: "Schätzverfahren",
    help: "Wie die Werte berechnet werden. Automatisch rechnet genau, wo das Budget dafür reicht, und schätzt sonst.",
  },
  "shapley.budget": {
    title: "Budget",
    help: "Wie viele verschiedene Koalitionen ausgewertet werden dürfen, die leere und die volle mitgezählt. Mehr dauert länger und ist genauer.",
  },
  "shapley.seed": {
    title: "Startwert des Zufalls",
    help: "Wo die zufällige Auswahl der Koalitionen beginnt. Gleicher Startwert, gleiches Ergebnis.",
  },
};
