/** What entries do together: plain words for the person, and below them the field's exact terms. */

export const together = {
  together: {
    toggle: "Show what works together",
    pairs: "The pairs, row by row; arrow keys move",
    finding: (list: string, amount: string) => `Strongest together: ${list}, ${amount}`,
    none: "Every entry works by itself here",
    none_sure: "No two entries work together by more than chance",
    what: "An entry can matter more, or less, because of another one. Each cell says by how much two entries together move the result beyond what each does alone. Where a row meets a column, these two meet.",
    sure: (share: string) => `A dashed frame: it may be chance. “Give or take” holds with ${share} confidence.`,
    arcs: (count: string) =>
      `Arcs join entries that work together, the ${count} strongest pairs: thick where it is much, dashed where they lower the result.`,
    raise: "raise",
    lower: "lower",
    raises: "raise the result together",
    lowers: "lower it together",
    strengthen: (list: string, verb: string, amount: string) =>
      `${list} strengthen each other: together they ${verb} the result by ${amount} more than if each worked alone.`,
    overlap: (list: string, verb: string, amount: string) =>
      `${list} overlap: together they ${verb} the result by ${amount} less than if each worked alone.`,
    shift: (list: string, verb: string, amount: string) =>
      `Together, ${list} ${verb} the result by ${amount} beyond what each does alone.`,
    independent: (list: string) => `${list} don't touch each other: together they do just what each does alone.`,
    give_or_take: (distance: string) => `Give or take ${distance}.`,
    chance: (distance: string) => `Give or take ${distance}: that may be chance.`,
    unknown: "How far off that may be is unknown.",
    description: (axis: string, count: string, list: string) =>
      `Matrix of ${axis}: what ${count} pairs of entries do together, beyond what each does alone. Largest: ${list}.`,
    pair: (one: string, other: string, amount: string) => `${one} with ${other} ${amount}`,
    left: (count: string) => `${count} more entries are in the table.`,
    table: "Table",
    all: (count: string) => `Show all ${count}`,
    files: "Take these numbers with you",
    caption: (axis: string, unit: string, index: string, order: string) =>
      `What entries do together for “${axis}”, in ${unit}. Index: ${index}; sets of up to ${order} entries. The largest first.`,
    entries: "Entries",
    beyond: "Beyond each alone",
    about: "What exactly these numbers are",
    absent: {
      waiting: "What works together comes with the final numbers.",
      not_asked: "What entries do together was not asked for.",
      not_this_way:
        "The way these contributions were computed doesn't tell what entries do together. Another way may, and takes longer.",
      not_accurate:
        "What entries do together can't be told accurately enough from so few evaluations: the numbers would be mostly chance. More evaluations help.",
    },
    ask: "Work it out",
    other_way: "Work it out another way",
    refine: (count: string) => `Refine (${count})`,
  },
  interaction_terms: {
    indices: {
      SII: "SII, Shapley interaction index",
      "k-SII": "k-SII, aggregated Shapley interactions",
      STII: "STII, Shapley–Taylor interaction index",
      FSII: "FSII, faithful Shapley interaction index",
    } as Record<string, string>,
    about: {
      SII: "The Shapley interaction index (Grabisch & Roubens 1999): what a set of entries does together beyond its parts, averaged over all coalitions of the others. The picture's contributions contain each entry's share of it already; these numbers don't add to them.",
      "k-SII":
        "Aggregated Shapley interactions (Bordt & von Luxburg 2023): the Shapley interaction index, shared out so that single entries and sets together add up to the prediction.",
      STII: "The Shapley–Taylor interaction index (Sundararajan et al. 2020): sets smaller than the largest get what they do on their own, from the background's average; everything else goes to the largest sets. All of it adds up to the prediction.",
      FSII: "The faithful Shapley interaction index (Tsai et al. 2023): the sum of single entries and sets that comes closest to the model on all coalitions. All of it adds up to the prediction.",
    } as Record<string, string>,
  },
};
