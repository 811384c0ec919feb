/** One explanation, from the job to its result. */
import { breatheNowAndThen } from "./breathe.js";
import { aborted } from "./chunks.js";
import type { CoreRun } from "./core-run.js";
import type { Engine, Task, Watcher } from "./engine.js";
import type { ExplainJob } from "./protocol.js";

/** Runs a job; the last event is its result. Rejects with the signal's reason within one chunk of an abort. */
export async function explain(engine: Engine, job: ExplainJob, watcher: Watcher): Promise<void> {
  watcher.signal.throwIfAborted();
  const task = await engine.data.task(engine, job, watcher);
  const core = await aborted(engine.core, watcher.signal);
  const asked = coreJob(engine, job, task.selected);
  await drive(await task.start(core, asked), task, watcher);
}

/** Answers the core's requests until it has a result. */
async function drive(run: CoreRun, task: Task, { signal, emit }: Watcher): Promise<void> {
  // The core tells progress after each request; within one, every chunk is told. Nothing is told twice.
  let [done, told, total, unit] = [0, task.done, task.total, "coalitions"];
  const progress = (now: number) => {
    if (now <= told || now > total) return;
    told = now;
    emit({ type: "progress", done: now, total, unit });
  };
  const onChunk = (more: number) => progress(done + more);
  try {
    for (;;) {
      signal.throwIfAborted();
      const step = run.step();
      switch (step.type) {
        case "progress":
          ({ done, unit, total } = step);
          progress(done);
          // The core may compute for a while without asking for anything: a cancel is heard here.
          await breatheNowAndThen();
          break;
        case "partial":
          if (step.explanation.provenance.n_coalitions > task.done) emit(step);
          break;
        case "result":
          emit(step);
          return;
        default:
          step.reply(await task.answer(step, { signal, onChunk }));
      }
    }
  } finally {
    run.close();
  }
}

/** What the core is asked, as `core/worker.py` reads it. */
export function coreJob(
  { manifest, name, provider, data }: Engine,
  job: Omit<ExplainJob, "input">,
  selected: readonly number[],
): object {
  return {
    method: job.method,
    parameters: job.parameters,
    spec: {
      outputs: manifest.outputs.map((output) => output.name),
      selected,
      scale: job.scale,
      model_sha256: manifest.model.sha256,
      engine: name,
      provider,
      chunk_rows: data.runs.chunkRows,
    },
  };
}
