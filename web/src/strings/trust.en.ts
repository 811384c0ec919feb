/** How far to trust an explanation: how it was computed, how exact it is, and what it can't say. */

export const trust = {
  trust: {
    precision: "How exact it is",
    exact: "The numbers are exact: nothing was estimated.",
    unknown: "How far the numbers are off is not known for so few evaluations. Refine to find out.",
    unknown_or_exact: (unknown: string, exact: string) =>
      `How far off ${unknown} of the numbers are is not known for so few evaluations; the others, ${exact}, are exact. Refine to find out.`,
    estimated: (count: string, typical: string, largest: string) =>
      `The numbers are estimated from ${count} combinations of entries. With 95 % confidence a number is off by at most ${typical} as a rule, ${largest} at worst; the thin lines on the bars show it.`,
    partly_unknown: (count: string) => `For ${count} entries it is unknown how far off they are.`,
    enough: (count: string, budget: string) =>
      `It stopped after ${count} of ${budget} evaluations, because the largest standard error is below 2 % of the range of the contributions. “Refine” goes on.`,
    way: "How they were computed",
    ways: {
      exact: "The model was asked about every combination of entries that matters: here this entry, there the others'.",
      linear:
        "In this scale the model is a plain sum, one part per entry. Each contribution is that entry's part, compared with the others' average.",
      tree: "The model is a set of decision trees. The contributions were worked out from the trees themselves, without asking it about combinations.",
      least_squares:
        "The model was asked about a sample of combinations of entries, and the contributions are those that fit its answers best.",
      permutation:
        "The entries were put in one after the other, in random orders forwards and backwards; a contribution is what the result moves on average when its entry comes in.",
      gaussian_process:
        "The model was asked about a sample of combinations of entries. A smooth picture of its answers (a Gaussian process) was fitted, what that misses was added back, and the contributions read off.",
      owen: "There are too many entries to share out one by one. Related ones were put into groups: the result is shared out among groups first, then within them (Owen values).",
    } as Record<string, string>,
    counted: (combinations: string | null, rows: string) =>
      combinations === null
        ? `The model was run on ${rows} inputs.`
        : `${combinations} combinations were evaluated, which ran the model on ${rows} inputs.`,
    plan: "As it is recorded:",
    scale: "In which unit",
    scales: {
      output:
        "As the model gives its result. Average, contributions and prediction all are in this unit and add up in it.",
      margin:
        "In the model's raw score, before its last step. Average, contributions and prediction all are in this unit and add up in it; they are no probabilities.",
      logit:
        "In log-odds, the logarithm of p / (1 − p). Average, contributions and prediction all are in this unit and add up in it; they are no probabilities.",
    } as Record<string, string>,
    reference: "What it is compared with",
    compared: (reference: string, kind: string) =>
      `Every number says what changes compared with ${reference} (${kind}). Compared with others, the numbers would be others.`,
    kinds: {
      sample: "real rows, drawn at random",
      kmeans: "typical rows, each the centre of a group",
      median: "one row made of the middle values",
      given: "rows that the model's makers chose",
    },
    first: "First estimate and final numbers",
    not_final: "These are not the final numbers yet; they may still move within the thin lines.",
    moved: (count: string, gap: string) =>
      `The first estimate, from ${count} evaluations, was at most ${gap} away from the numbers shown now.`,
    adds_up: "A check anyone can repeat",
    gap: (gap: string) => `Average plus all contributions is the prediction; the gap is ${gap || "0"}.`,
    limits: "What it can't say",
    limit_list: [
      "It tells what this model does, not what is true in the world, and not whether the decision is fair.",
      "A large contribution doesn't mean that changing the entry would change the outcome by as much. Try it in the form.",
      "Entries that usually go together share the credit; the model is also asked about combinations that hardly occur.",
    ],
  },
};
