/** The page's side of a worker: one for all who open the same bundle on the same provider. */
import { XaiwebError } from "../errors.js";
import type { LoadedFile, ProviderChoice } from "../types.js";
import { LiveActivity } from "./activity.js";
import { blockedBy } from "./csp.js";
import { Deferred } from "./deferred.js";
import { abortError } from "./events.js";
import { earlyWorker } from "./early.js";
import { WORKER } from "./names.js";
import { Offline } from "./offline.js";
import type { Answers, CallEvent, ExplainJob, FromWorker, Opened, RowsAsk, ToWorker } from "./protocol.js";
import type { Site } from "./site.js";
import { stage } from "./stage.js";
import { startWorker } from "./start-worker.js";
import { Trial } from "./trial.js";

/** What can be started, and tells events. */
export type Asked = { type: "explain"; job: ExplainJob } | ({ type: "explainRows" } & RowsAsk);

/** What a call still waits for. */
interface Call {
  next: (event: CallEvent) => void;
  done: (answer: Answers[keyof Answers]["answer"] | null) => void;
  failed: (error: Error) => void;
}

const clients = new Map<string, Client>();

export class Client {
  readonly activity = new LiveActivity();
  readonly opened = new Deferred<Opened>();
  readonly ready = new Deferred<void>();
  readonly offline: Offline;
  readonly #trial: Trial;
  #users = 0;
  #worker: Worker | null = null;
  #calls = new Map<number, Call>();
  #lastId = 0;
  #waiting: ToWorker[] = [];
  /** Why nothing more can be asked. */
  #end: XaiwebError | null = null;

  private constructor(
    private readonly key: string,
    private readonly site: Site,
    bundle: string,
    provider: ProviderChoice,
  ) {
    this.offline = new Offline(site, this.activity);
    this.#trial = new Trial(site, bundle, this.activity, () => this.#calls.size > 0);
    void this.#start(bundle, provider);
  }

  /** The client for a bundle; each call is one more user, who must `leave`. */
  static join(site: Site, bundle: string, provider: ProviderChoice): Client {
    const key = `${provider} ${site.root}${bundle}`;
    let client = clients.get(key);
    if (!client) clients.set(key, (client = new Client(key, site, bundle, provider)));
    client.#users++;
    return client;
  }

  leave(): void {
    if (--this.#users > 0) return;
    this.#fail(new XaiwebError("closed", "the explainer was closed.", { where: "close()", next: "Open it again." }));
    this.#worker?.terminate();
    this.#trial.end();
    this.offline.close();
    this.activity.close();
  }

  /** The worker's answer to a question; an abort cancels it. */
  async ask<Q extends keyof Answers>(
    type: Q,
    question: Answers[Q]["ask"],
    { signal, next = () => {} }: { signal?: AbortSignal; next?: Call["next"] } = {},
  ): Promise<Answers[Q]["answer"]> {
    if (signal?.aborted) throw abortError();
    let cancel = () => {};
    try {
      return await new Promise((resolve, failed) => {
        const id = this.#call({ next, done: (answer) => resolve(answer as Answers[Q]["answer"]), failed });
        this.#send({ type, id, ...question } as ToWorker);
        cancel = () => {
          this.#cancel(id);
          failed(abortError());
        };
        signal?.addEventListener("abort", cancel);
      });
    } finally {
      signal?.removeEventListener("abort", cancel);
    }
  }

  /** Starts an explanation, or those of a file; the returned function cancels it. */
  explain(asked: Asked, call: { next: Call["next"]; done: () => void; failed: Call["failed"] }): () => void {
    const id = this.#call(call);
    this.#send({ ...asked, id });
    return () => this.#cancel(id);
  }

  #cancel(id: number): void {
    if (this.#calls.delete(id)) this.#send({ type: "cancel", id });
  }

  #call(call: Call): number {
    this.#trial.wait();
    const id = ++this.#lastId;
    if (this.#end) call.failed(this.#end);
    else this.#calls.set(id, call);
    return id;
  }

  #send(message: ToWorker): void {
    // Before the worker stands, messages wait for it; after its end, calls have failed already.
    if (this.#worker) this.#worker.postMessage(message);
    else if (!this.#end) this.#waiting.push(message);
  }

  async #start(bundle: string, provider: ProviderChoice): Promise<void> {
    const { site } = this;
    try {
      const tell = (file: LoadedFile) => this.activity.tell(file);
      const early = earlyWorker(site.root, bundle, provider);
      const worker = early?.worker ?? (await stage("worker", () => startWorker(site, `xaiweb ${bundle}`, tell)));
      if (this.#end) return worker.terminate();
      worker.onmessage = ({ data }: MessageEvent<FromWorker>) => this.#receive(data);
      worker.onerror = (event) => {
        event.preventDefault();
        void this.#crashed(event.message);
      };
      worker.onmessageerror = () => void this.#crashed("a message could not be read");
      this.#worker = worker;
      if (early) {
        tell(verifiedWorker(site));
        for (const message of early.said.splice(0)) this.#receive(message);
      } else this.#send({ type: "open", root: site.root, list: site.list, bundle, provider });
      for (const message of this.#waiting.splice(0)) this.#send(message);
    } catch (reason) {
      const error = (await blockedBy("blob")) ?? XaiwebError.wrap(reason, "worker-failed", { where: WORKER });
      this.#fail(error);
    }
  }

  async #crashed(message: string | undefined): Promise<void> {
    const blocked = await blockedBy("blob");
    this.#fail(
      blocked ??
        new XaiwebError("worker-failed", message || "the worker could not be started.", {
          where: WORKER,
          next: "Reload the page.",
        }),
    );
  }

  #receive(message: FromWorker): void {
    switch (message.type) {
      case "file":
        return this.activity.tell(message.file);
      case "refused":
        return this.activity.refuse();
      case "sent":
        return this.activity.send(message.bytes);
      case "opened":
        return this.opened.resolve(message.opened);
      case "model":
        return this.activity.update({ phase: "model" });
      case "core":
        return this.activity.update({ core: message.state });
      case "ready":
        performance.mark("xaiweb:ready"); // for whoever measures
        this.activity.update({ phase: "ready" });
        this.ready.resolve();
        return this.offline.keep(message.files);
      case "broken": {
        const error = XaiwebError.from(message.error);
        return message.core ? this.#coreFailed(error) : this.#fail(error);
      }
      case "worth-trying":
        // Not before everything is there that this visit needs.
        return void this.ready.promise.then(() => this.#trial.propose(message.provider)).catch(() => {});
      case "event":
        return this.#calls.get(message.id)?.next(message.event);
      case "answered":
        return this.#settle(message.id)?.done(message.answer);
      case "failed":
        return this.#settle(message.id)?.failed(XaiwebError.from(message.error));
    }
  }

  #settle(id: number): Call | undefined {
    const call = this.#calls.get(id);
    this.#calls.delete(id);
    this.#trial.wait();
    return call;
  }

  /** The model goes on answering; whoever opens the bundle anew tries again. */
  #coreFailed(error: XaiwebError): void {
    this.#forget();
    this.activity.update({ core: "failed", error: error.toJSON() });
    this.ready.reject(error);
    this.offline.fail(error);
  }

  #fail(error: XaiwebError): void {
    this.#forget();
    if (this.#end) return;
    this.#end = error;
    this.#waiting = [];
    if (error.code !== "closed") this.activity.update({ phase: "failed", error: error.toJSON() });
    this.opened.reject(error);
    this.ready.reject(error);
    this.offline.fail(error);
    const calls = [...this.#calls.values()];
    this.#calls.clear();
    for (const call of calls) call.failed(error);
  }

  #forget(): void {
    if (clients.get(this.key) === this) clients.delete(this.key);
  }
}

/** The worker's script, as whoever started it early has found it. */
function verifiedWorker({ list }: Site): LoadedFile {
  const { bytes, role } = list.files[WORKER]!;
  return { path: WORKER, role, bytes, loaded: bytes, where: "page", source: "network", state: "verified" };
}
