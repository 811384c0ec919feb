/** What can go wrong, by code: what happened, what it means for the reader, what to do. */
import { inputFailures } from "./failures.inputs.en.js";
import { rowsFailures } from "./failures.rows.en.js";

export interface FailureWords {
  readonly title: string;
  readonly meaning: string;
  readonly next: string;
}

const method = {
  title: "This method isn't known here",
  meaning: "The page asked for a way of explaining that its present version doesn't have.",
  next: "Reload the page. If it stays, tell whoever runs this site; the details name the methods there are.",
};
const mixed = {
  title: "Two parts of this page don't understand each other",
  meaning: "What one part wrote, another can't read, so no explanation was computed.",
  next: "Reload the page. If it stays, tell whoever runs this site: it must be built again.",
};

export const failures = {
  "file-missing": {
    title: "A file of this site is missing",
    meaning: "The site's list names a file that its server doesn't give out, so this can't be computed here.",
    next: "Try again in a moment. If it stays, tell whoever runs this site; the details name the file.",
  },
  "not-listed": {
    title: "This is no file of the site",
    meaning: "The page asked for something that the site's own list doesn't name, and only listed files are fetched.",
    next: "Reload the page. If it stays, tell whoever runs this site; the details name what was asked for.",
  },
  "hash-mismatch": {
    title: "A file isn't what it should be",
    meaning:
      "A file arrived damaged or from another version of this site. It was not used, and nothing was computed with it.",
    next: "Reload the page. If it stays, the site was changed or damaged: tell whoever runs it.",
  },
  "network-lost": {
    title: "The network is gone",
    meaning: "Not everything has been loaded yet, and the rest can't be reached. What you entered is still here.",
    next: "Check the connection, then try again.",
  },
  "no-webassembly": {
    title: "This browser can't run the model",
    meaning: "WebAssembly is missing or switched off here, and the model runs with it in your browser, nowhere else.",
    next: "Use a current Firefox, Chrome, Edge or Safari, or allow WebAssembly in the settings.",
  },
  "insecure-context": {
    title: "This address is not secure enough",
    meaning:
      "Browsers check files by their hash on https and on this machine itself only; without that, nothing is run.",
    next: "Open the same page with https:// in front, or serve it on localhost.",
  },
  "csp-blocked": {
    title: "This page's security policy blocks the explainer",
    meaning: "The page that shows the explainer forbids something it needs to run.",
    next: "Whoever runs this page must add the token named in the details to its Content-Security-Policy.",
  },
  "model-corrupt": {
    title: "The model can't be opened",
    meaning: "Its file arrived as it was published, but it is no model that can be run.",
    next: "Reload the page. If it stays, tell whoever runs this site: the model must be exported again.",
  },
  "provider-unavailable": {
    title: "The model can't run that way here",
    meaning: "This browser doesn't offer what was asked for (graphics card or driver), or the model doesn't fit it.",
    next: "Let the page choose another way; the results are the same within rounding.",
  },
  "runtime-failed": {
    title: "What runs the model doesn't start",
    meaning: "All files arrived, but this browser couldn't start the part that runs the model.",
    next: "Close other tabs to free memory and reload, or use another browser.",
  },
  "unknown-level": {
    title: "The model doesn't know one of the choices",
    meaning: "A field holds a word that the model never learned, so there is no result for this row.",
    next: "Pick one from the list in the marked field.",
  },
  "not-a-number": {
    title: "One of the entries is no number",
    meaning: "The model needs a number there, so there is no result for this row.",
    next: "Enter a number in the field named in the details.",
  },
  missing: {
    title: "One of the entries is empty",
    meaning: "The model needs a value there, so there is no result for this row.",
    next: "Fill in the field named in the details.",
  },
  "stale-page": {
    title: "This page is older than the site",
    meaning: "The site was updated while this page was open. Old and new parts are never mixed, so it stopped.",
    next: "Reload the page to get the present version.",
  },
  "outside-scope": {
    title: "This page can't be kept for use without a network",
    meaning: "It lies outside the folder that the site's service worker looks after. With a network everything works.",
    next: "Nothing to do, unless you run this page: serve it from below the site's folder.",
  },
  "outside-site": {
    title: "This model lies outside the site",
    meaning: "Only models of the same site can be opened, so that nothing is asked from anywhere else.",
    next: "Whoever runs this page must put the model below the folder that xaiweb.js lies in.",
  },
  "budget-too-small": {
    title: "Too few evaluations",
    meaning: "With so few, the method can't compute this explanation.",
    next: "Raise the budget in “Method and settings”; the details name the least that would do.",
  },
  "estimator-unavailable": {
    title: "This way of computing is not to be had here",
    meaning: "It needs a model of another build, or another scale, so no explanation was computed.",
    next: "Choose “automatic” as the estimator, or another scale, in “Method and settings”.",
  },
  "interactions-unavailable": {
    title: "What works together can't be computed like this",
    meaning: "The interactions asked for need more evaluations, or another way, than the settings give them.",
    next: "Choose “automatic” for the interactions, or raise the budget, in “Method and settings”.",
  },
  "trees-too-deep": {
    title: "The model's trees ask too many entries in a row",
    meaning: "The contributions can't be worked out from the trees themselves.",
    next: "Choose another estimator in “Method and settings”.",
  },
  "trees-table": {
    title: "The table of the model's trees is damaged",
    meaning: "The contributions can't be worked out from the trees themselves.",
    next: "Tell whoever runs this site: the model must be exported again.",
  },
  "model-not-finite": {
    title: "The model gave no number",
    meaning:
      "For this row, or for a mixture of it with the reference, the model answered with “not a number” or infinity.",
    next: "Change the entry that is far out of its range, or start from an example.",
  },
  "core-failed": {
    title: "What refines the explanation couldn't start",
    meaning:
      "The model's answer above is complete: it needs nothing of what failed. What stands below it, if anything, is a first estimate and stays so labelled.",
    next: "Try again. If it stays, close other tabs to free memory, or use another browser.",
  },
  "worker-failed": {
    title: "The part that computes has stopped",
    meaning: "The browser ended it, usually for lack of memory. What you entered is still here.",
    next: "Reload the page; close other tabs first if this happens again.",
  },
  "files-invalid": {
    title: "The site's list of files can't be read",
    meaning: "Every file is checked against this list. Without it nothing can be checked, so nothing is run.",
    next: "Reload the page. If it stays, tell whoever runs this site: it must be built again.",
  },
  "bundle-version": {
    title: "This model's description is of another version",
    meaning: "It was made by a version of the tools that this page doesn't know, so it is not guessed at.",
    next: "Tell whoever runs this site: the model must be exported and the site built with the same version.",
  },
  "bundle-invalid": {
    title: "This model's description can't be read",
    meaning: "The files of this model are incomplete, or of a version that this page doesn't know.",
    next: "Tell whoever runs this site; the details say which part can't be read.",
  },
  refused: {
    title: "A request was stopped",
    meaning:
      "Something in this page tried to reach more than the site's own files. It was refused, and nothing went out.",
    next: "Nothing to do for your data. If the explainer stops working, tell whoever runs this page.",
  },
  closed: {
    title: "This model was closed",
    meaning: "The page has put it away, so it answers no more questions. What you entered was sent nowhere.",
    next: "Reload the page to open it again.",
  },
  "missing-columns": {
    title: "Some of the entries are absent",
    meaning: "The model needs a value for every field, and this row lacks at least one.",
    next: "Give the fields named in the details, or start from an example.",
  },
  "extra-columns": {
    title: "There are entries that the model has no field for",
    meaning: "Leaving them out silently could hide a misspelt name, so there is no result for this row.",
    next: "Remove or rename the entries named in the details.",
  },
  "not-finite": {
    title: "One of the numbers is too large",
    meaning: "The model can't compute with infinity, or with a number beyond what it can hold.",
    next: "Enter a smaller number in the field named in the details.",
  },
  infinite: {
    title: "One of the numbers is infinite",
    meaning: "An explanation compares finite numbers, so there is none for this row.",
    next: "Enter an ordinary number in the field named in the details.",
  },
  empty: {
    title: "There is nothing to compute with",
    meaning: "No row was given, so there is neither a result nor an explanation.",
    next: "Fill in the fields, or start from an example.",
  },
  shape: {
    title: "The row doesn't fit the model",
    meaning: "It has more or fewer values than the model has fields, so there is no result for it.",
    next: "Start from an example. If it stays, tell whoever runs this site.",
  },
  "unknown-output": {
    title: "The model has no such result",
    meaning: "What was to be explained isn't among the results that this model gives.",
    next: "Choose one of the results named in the details.",
  },
  "unknown-scale": {
    title: "This unit isn't known here",
    meaning: "The model's result can't be expressed in the unit that was asked for.",
    next: "Choose another unit in “Method and settings”.",
  },
  "unknown-method": method,
  "method-unknown": method,
  parameter: {
    title: "One of the settings can't be used",
    meaning: "Its value is not one that the method accepts, so no explanation was computed.",
    next: "Change the setting named in the details, in “Method and settings”.",
  },
  "parameter-unknown": {
    title: "The method has no such setting",
    meaning: "A setting was asked for that this method doesn't know, so no explanation was computed.",
    next: "Leave out the setting named in the details.",
  },
  "background-empty": {
    title: "There is nothing to compare with",
    meaning: "An explanation compares you with others, and this model came without any.",
    next: "Tell whoever runs this site: the model must be exported with rows to compare with.",
  },
  players: {
    title: "The fields are grouped in a way that can't be used",
    meaning: "Every field must belong to exactly one group, and here one belongs to none or to two.",
    next: "Tell whoever runs this site: the model must be exported with other groups.",
  },
  hierarchy: {
    title: "The groups of entries can't be used",
    meaning: "Every entry must stand in exactly one group, and here one stands in none or in two.",
    next: "Tell whoever runs this site what the details say.",
  },
  spec: mixed,
  explanation: mixed,
  "model-shape": {
    title: "The model gave the wrong number of answers",
    meaning: "It must give one answer for each row, and it didn't, so nothing was computed with them.",
    next: "Tell whoever runs this site: the model must be exported again.",
  },
  "offline-unavailable": {
    title: "This page can't be kept for use without a network",
    meaning: "The browser keeps nothing here, often because the window is private or the storage is full.",
    next: "Use it with a network; or free some space, or open it in an ordinary window.",
  },
  ...inputFailures,
  ...rowsFailures,
  unexpected: {
    title: "Something went wrong that this page has no words for",
    meaning: "It stopped where it was. What you entered is still here, and nothing was sent.",
    next: "Reload the page. If it stays, tell whoever runs this site what the details say.",
  },
} satisfies Record<string, FailureWords>;
