/** What a page holds of an opened bundle, of whatever kind: opened, watched, told of what fails, closed. */
import type { ReactiveController, ReactiveControllerHost } from "lit";
import type { Explainer, Kind, Open, ProviderChoice, XaiwebErrorShape } from "../types.js";
import { toShape } from "./failure.js";

export abstract class Connection<K extends Kind> implements ReactiveController {
  explainer: Explainer<K> | null = null;
  /** The same, or while it is opened anew the one before: what doesn't change meanwhile stays in its place. */
  last: Explainer<K> | null = null;
  /** Nothing can be shown because of it. */
  failure: XaiwebErrorShape | null = null;
  /** This input or these settings can't be computed. */
  problem: XaiwebErrorShape | null = null;
  /** Why it can't be used without a network; undefined while that isn't known, null where it can. */
  offline: string | null | undefined = undefined;

  #opening = 0;
  #src = "";
  readonly #changed = () => this.#activity();

  constructor(
    protected readonly host: ReactiveControllerHost,
    private readonly kind: K,
  ) {
    host.addController(this);
  }

  /** Begins with what the bundle offers, or goes on with what stands there already. */
  protected abstract opened(explainer: Explainer<K>): void | Promise<void>;
  /** Lets go of whatever came from the bundle that is closed. */
  protected abstract closed(): void;
  /** Whether the model has answered: what fails then leaves something to show. */
  protected abstract get answered(): boolean;

  hostDisconnected(): void {
    this.close();
  }

  /** Opens a bundle, or the same one on another provider. */
  async open(open: Open, src: string, provider: ProviderChoice): Promise<void> {
    this.close();
    const opening = ++this.#opening;
    if (src !== this.#src) this.last = null;
    this.#src = src;
    this.failure = this.problem = null;
    this.offline = undefined;
    this.host.requestUpdate();
    try {
      const explainer = await open(src, { provider, kind: this.kind });
      if (opening !== this.#opening) return explainer.close();
      this.explainer = this.last = explainer;
      explainer.activity.addEventListener("change", this.#changed);
      // Their failures are told by the activity; unhandled they would only reach the console.
      explainer.ready.catch(() => undefined);
      explainer.offlineReady.then(
        () => this.#setOffline(explainer, null),
        (reason: unknown) => this.#setOffline(explainer, toShape(reason).message),
      );
      await this.opened(explainer);
      this.#activity();
    } catch (thrown) {
      if (opening === this.#opening) this.failure = toShape(thrown);
    }
    this.host.requestUpdate();
  }

  close(): void {
    this.#opening++;
    this.explainer?.activity.removeEventListener("change", this.#changed);
    this.explainer?.close();
    this.explainer = null;
    this.closed();
  }

  /** What couldn't be had is told; everything else stays. What was asked of another one is nobody's business now. */
  fail(thrown: unknown, asked: Explainer<K> | null = this.explainer): void {
    if (asked !== this.explainer) return;
    this.problem = toShape(thrown);
    this.host.requestUpdate();
  }

  #setOffline(explainer: Explainer<K>, reason: string | null): void {
    if (explainer !== this.explainer) return;
    this.offline = reason;
    this.host.requestUpdate();
  }

  #activity(): void {
    const { activity } = this.explainer ?? {};
    if (activity?.phase === "failed" && activity.error && !this.answered) this.failure = activity.error;
    else if (activity?.core === "failed" && activity.error) this.problem = activity.error;
    this.host.requestUpdate();
  }
}
