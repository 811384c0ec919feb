import { describe, expect, it } from "vitest";
import { pickLanguage } from "../../../web/src/strings/language.js";
import { text } from "../../../web/src/strings/text.js";
import { words } from "../../../web/src/strings/words.js";

describe("pickLanguage", () => {
  it("takes the first preferred language that there are words for", () => {
    expect(pickLanguage(["fr-CH", "de-AT", "en"])).toBe("de");
  });

  it("a remembered choice comes before the browser's list", () => {
    expect(pickLanguage(["en", "de-DE"])).toBe("en");
    expect(pickLanguage([null, undefined, "DE-de"])).toBe("de");
  });

  it("is English where nothing fits", () => {
    expect(pickLanguage(["ja", ""])).toBe("en");
    expect(pickLanguage([])).toBe("en");
  });
});

describe("text", () => {
  it("a plain string is the same in every language", () => {
    expect(text("DM", "de")).toBe("DM");
  });

  it("takes the language, then its base, then English", () => {
    const value = { en: "loan", de: "Kredit", "de-AT": "Darlehen" };
    expect(text(value, "de-AT")).toBe("Darlehen");
    expect(text(value, "de-CH")).toBe("Kredit");
    expect(text(value, "fr")).toBe("loan");
  });

  it("nothing is an empty string", () => {
    expect(text(undefined, "en")).toBe("");
    expect(words("de").text(null)).toBe("");
  });
});
