/** Methods and their parameters in German, by `method`, `method.parameter` and `kind.parameter`; English words come with the method. */

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
  lime: {
    title: "LIME",
    summary:
      "Verdeckt zufällige Teile und passt den Antworten ein lineares Modell an: Der Wert eines Teils ist sein Koeffizient darin.",
  },
  "lime.budget": {
    title: "Stichproben",
    help: "Wie oft zufällige Teile verdeckt werden, um zu sehen, was das Modell antwortet. Mehr dauert länger und macht die Werte ruhiger.",
  },
  "lime.kernel_width": {
    title: "Nachbarschaft",
    help: "Wie nahe am Original eine Stichprobe sein muss, um zu zählen. Klein: Es entscheiden Stichproben, in denen wenig verdeckt ist; groß: Alle zählen gleich.",
  },
  "lime.seed": {
    title: "Startwert des Zufalls",
    help: "Welche Teile in den Stichproben verdeckt sind. Gleicher Startwert, gleiches Ergebnis.",
  },
  occlusion: {
    title: "Verdecken",
    summary: "Verdeckt einen Teil nach dem anderen: Sein Wert ist, wie weit die Antwort ohne ihn fällt.",
  },
  "occlusion.window": {
    title: "Fenster",
    help: "Seite des Quadrats, das auf einem Foto auf einmal verdeckt wird, in Bildpunkten, wie das Modell sie sieht: ein Vielfaches des Schritts. Ohne Angabe: drei Schritte. Texte haben kein Fenster: Jedes Wort oder jeder Satz wird für sich verdeckt.",
  },
  "occlusion.stride": {
    title: "Schritt",
    help: "Wie weit das Fenster jedes Mal rückt, in Bildpunkten; die Karte hat Quadrate dieser Größe. Ohne Angabe: ein Vierzehntel der kürzeren Seite.",
  },
  rise: {
    title: "RISE",
    summary:
      "Legt zufällige weiche Masken über das Foto: Eine Stelle hat einen hohen Wert, wo die Antwort höher ist, wenn sie zu sehen ist.",
  },
  "rise.budget": {
    title: "Masken",
    help: "Wie viele zufällige Masken über das Foto gelegt werden. Mehr dauert länger und macht die Karte ruhiger.",
  },
  "rise.grid": {
    title: "Grobheit der Masken",
    help: "Aus so vielen Flecken quer und hoch besteht eine Maske, weich verblendet. Wenige finden Großes, viele Kleines, und brauchen mehr Masken.",
  },
  "rise.cell": {
    title: "Größe einer Zelle",
    help: "Seite der Quadrate, die einen Wert bekommen, in Bildpunkten des Fotos, wie das Modell es sieht.",
  },
  "rise.seed": {
    title: "Startwert des Zufalls",
    help: "Welche Masken gezogen werden. Gleicher Startwert, gleiches Ergebnis.",
  },
  "text.units": {
    title: "Teile des Textes",
    help: "Was einen Wert bekommt: Wörter oder ganze Sätze. „Wörter, Sätze zuerst“ gibt auch Wörtern Werte, lässt ein Verfahren, das vom Groben zum Feinen geht, aber erst auf Sätze schauen und dann in die, auf die es ankommt.",
  },
  "text.hidden": {
    title: "Verdeckte Wörter",
    help: "Was das Modell an der Stelle verdeckter Wörter liest: ein Zeichen je Lücke, nichts (die Wörter daneben rücken zusammen), oder leere Plätze.",
  },
  "image.segments": {
    title: "Segmente",
    help: "Wie das Foto zerlegt wird: an seinen eigenen Kanten entlang, in Quadrate oder wie gezeichnet.",
  },
  "image.n_segments": {
    title: "Anzahl der Segmente",
    help: "Etwa wie viele Segmente; mehr zeigen feinere Einzelheiten und brauchen mehr Auswertungen. Eigene Flächen bleiben, wie sie sind.",
  },
  "image.hidden": {
    title: "Verdeckte Segmente",
    help: "Was das Modell an der Stelle eines verdeckten Segments sieht: das Foto unscharf, seine mittlere Farbe, Grau, eine Farbe nach Wahl oder die Umgebung fortgesetzt.",
  },
  "image.colour": {
    title: "Farbe verdeckter Segmente",
    help: "Wo eine Farbe verdeckt: welche, als #rrggbb; ohne Angabe Schwarz. Ein Modell für Graustufen sieht, wie hell sie ist.",
  },
};
