/** Methods and their parameters in German, by `method` and `method.parameter`; English words come with the method. */

export const methods: Record<string, Record<string, string>> = {
  shapley: {
    title: "Shapley-Werte",
    summary: "Teilt den Unterschied zwischen dieser Vorhersage und dem Durchschnitt gerecht unter den Angaben auf.",
  },
  "shapley.estimator": {
    title: "Schätzverfahren",
    help: "Wie die Werte berechnet werden. Automatisch nimmt den genauesten Weg, den das Budget erlaubt, und rechnet genau, wo das geht. „Genau“ weigert sich zu schätzen; Summe und Bäume nutzen den Bau des Modells; Gauß-Prozess, kleinste Quadrate und zufällige Reihenfolgen schätzen; Owen-Werte verteilen vom Groben zum Feinen über Gruppen verwandter Angaben.",
  },
  "shapley.budget": {
    title: "Budget",
    help: "Wie viele verschiedene Koalitionen ausgewertet werden dürfen, die leere und die volle mitgezählt. Mehr dauert länger und ist genauer. Ohne Angabe: alle, wenn es höchstens 2048 sind, sonst bis zu 2048, weniger, wenn die Fehler schon vorher klein sind.",
  },
  "shapley.seed": {
    title: "Startwert des Zufalls",
    help: "Wo die zufällige Auswahl der Koalitionen beginnt. Gleicher Startwert, gleiches Ergebnis.",
  },
  "shapley.interactions": {
    title: "Interaktionen",
    help: "Was Angaben zusammen bewirken, über das hinaus, was jede allein bewirkt. Automatisch gibt SII für Paare, wo es genau genug ist, um gezeigt zu werden. SII und k-SII gehen auch geschätzt; STII und FSII brauchen jede Koalition.",
  },
  "shapley.interaction_order": {
    title: "Angaben in einer Interaktion",
    help: "Wie viele Angaben die größten Mengen haben, deren Interaktion angegeben wird. 3 braucht jede Koalition.",
  },
};
