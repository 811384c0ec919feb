/** What stands in a field, as a person says it: a number with its unit, a level in words. */
import type { Words } from "../strings/words.js";
import type { Explanation, TabularManifest } from "../types.js";
import type { Feature } from "../schema.gen.js";

export type Value = number | string | null;

/** One value in words; a level that the model doesn't know is quoted as it came. */
export function valueText(feature: Feature | undefined, value: Value, words: Words): string {
  if (value === null) return words.s.value.missing;
  if (feature?.kind === "category") {
    const level = feature.levels?.find((level, index) => level.name === value || index === value);
    return level ? words.text(level.label ?? level.name) : String(value);
  }
  if (typeof value === "string") return value;
  const unit = words.text(feature?.unit);
  return unit ? `${words.n.plain(value)}\u00a0${unit}` : words.n.plain(value);
}

/** What a person calls a feature. */
export function featureLabel(feature: Feature, words: Words): string {
  return words.text(feature.label ?? feature.name);
}

/** What a person calls a player: its own label, or its only column's. */
export function playerLabel(manifest: TabularManifest, name: string, words: Words): string {
  const player = manifest.players.find((player) => player.name === name);
  if (player?.label) return words.text(player.label);
  const only = player?.columns.length === 1 ? player.columns[0] : name;
  const feature = manifest.features.find((feature) => feature.name === only);
  return feature ? featureLabel(feature, words) : name;
}

/** The values of a player's columns in words. */
export function playerValue(manifest: TabularManifest, player: Explanation["players"][number], words: Words): string {
  const values = Array.isArray(player.value) ? player.value : [player.value];
  return player.columns
    .map((column, index) => {
      const feature = manifest.features.find((feature) => feature.name === column);
      const said = valueText(feature, values[index] ?? null, words);
      return player.columns.length > 1 && feature ? `${featureLabel(feature, words)} ${said}` : said;
    })
    .join("; ");
}
