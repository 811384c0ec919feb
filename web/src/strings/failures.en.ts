/** What can go wrong, by code: what happened, what it means for the reader, what to do. */

export interface FailureWords {
  readonly title: string;
  readonly meaning: string;
  readonly next: string;
}

const file = {
  title: "A file of this site is missing",
  meaning: "The site's list names a file that its server doesn't give out, so this can't be computed here.",
  next: "Try again in a moment. If it stays, tell whoever runs this site; the details name the file.",
};
const blocked = {
  title: "This page's security policy blocks the explainer",
  meaning: "The page that shows the explainer forbids something it needs to run.",
  next: "Whoever runs this page must add the token named in the details to its Content-Security-Policy.",
};
const bundle = {
  title: "This model's description can't be read",
  meaning: "The files of this model are incomplete, or of a version that this page doesn't know.",
  next: "Tell whoever runs this site; the details say which part can't be read.",
};

export const failures = {
  "file-missing": file,
  "not-listed": file,
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
  "csp-missing-token": blocked,
  "csp-blocked": blocked,
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
  "model-not-finite": {
    title: "The model gave no number",
    meaning:
      "For this row, or for a mixture of it with the reference, the model answered with “not a number” or infinity.",
    next: "Change the entry that is far out of its range, or start from an example.",
  },
  "core-failed": {
    title: "What refines the explanation couldn't start",
    meaning:
      "The decision above is right. What stands below it, if anything, is a first estimate and stays so labelled.",
    next: "Try again. If it stays, close other tabs to free memory, or use another browser.",
  },
  "worker-failed": {
    title: "The part that computes has stopped",
    meaning: "The browser ended it, usually for lack of memory. What you entered is still here.",
    next: "Reload the page; close other tabs first if this happens again.",
  },
  "files-invalid": bundle,
  "bundle-invalid": bundle,
  "bundle-version": bundle,
  bundle,
} satisfies Record<string, FailureWords>;
