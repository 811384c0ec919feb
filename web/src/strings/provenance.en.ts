/** What the fields of a provenance mean. The field's exact terms stand here, at the third depth. */

export const provenance = {
  provenance: {
    method: { label: "Method", help: "What kind of explanation this is" },
    estimator: { label: "Estimator", help: "How its numbers were computed" },
    plan: { label: "Plan", help: "Which way was taken, and why" },
    parameters: { label: "Parameters", help: "What was asked for" },
    seed: { label: "Seed", help: "Where the random choices started; the same seed repeats them" },
    scale: { label: "Scale", help: "The unit in which everything adds up" },
    n_coalitions: { label: "Coalitions", help: "Distinct combinations of entries evaluated" },
    n_model_rows: { label: "Model rows", help: "Rows the model was run on" },
    chunk_rows: { label: "Chunk", help: "Model rows per run; it moves the last digits" },
    elapsed_ms: { label: "Time", help: "How long it took" },
    engine: { label: "Engine", help: "What ran the model" },
    provider: { label: "Provider", help: "Where it ran" },
    model_sha256: { label: "Model", help: "The model's exact bytes, as a SHA-256 hash" },
    core_version: { label: "Core", help: "Version of the code that computed the explanation" },
    core_kernels: { label: "Core's inner loops", help: "Compiled, or slower with numpy; it moves the last digits" },
  },
  provenance_words: {
    none: "not recorded",
    methods: {
      shapley: "Shapley values",
      lime: "LIME, a local linear model",
      occlusion: "occlusion, one part hidden after the other",
      rise: "RISE, random soft masks",
    } as Record<string, string>,
    estimators: {
      exact: "exact, by enumeration",
      linear: "exact, read off a model that is a sum of one part per entry in this scale",
      tree: "exact, from the nodes of the model's decision trees (interventional TreeSHAP)",
      least_squares: "estimated, by constrained weighted least squares over paired coalitions",
      permutation: "estimated, over random orders of the entries, each walked forwards and backwards",
      gaussian_process:
        "estimated, by a Gaussian process over all odd orders of interaction and least squares on what it leaves",
      owen: "estimated Owen values, shared out from coarse to fine within groups of entries",
      ridge: "estimated, by a weighted ridge regression on what the samples keep",
      unfinished: "exact where it has come to; the rest is still to be computed",
      monte_carlo: "estimated, as an average over random masks",
    } as Record<string, string>,
    scales: {
      output: "the output as the model gives it",
      margin: "the raw score before the model's last link",
      logit: "log(p / (1 − p)) of each model row",
    } as Record<string, string>,
    providers: {
      cpu: "the processor, outside a browser",
      wasm: "the processor, in WebAssembly",
      webgpu: "the graphics card, through WebGPU",
      webgl: "the graphics card, through WebGL",
    } as Record<string, string>,
    kernels: {
      compiled: "compiled",
      numpy: "with numpy",
      null: "none: this is a first estimate, made before the core has loaded",
    } as Record<string, string>,
  },
};
