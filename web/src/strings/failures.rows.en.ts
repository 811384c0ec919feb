/** What can go wrong with files of rows, by code. */
import type { FailureWords } from "./failures.en.js";

export const rowsFailures = {
  csv: {
    title: "This is no CSV file that can be read",
    meaning: "A header line, UTF-8 text and closed quotes are needed; nothing was explained.",
    next: "Save the table as CSV (UTF-8) and choose it again.",
  },
  "table-kind": {
    title: "No table can be read from this file",
    meaning: "It is damaged, or of a kind that this page doesn't read; nothing was explained.",
    next: "Choose a .csv or .parquet file.",
  },
  "file-columns": {
    title: "The file's columns are not the model's",
    meaning: "A column is absent, or there is one that the model doesn't know; nothing was explained.",
    next: "Rename, add or remove the columns that the details name, and choose the file again.",
  },
  "group-too-large": {
    title: "This parquet file comes in pieces that are too large",
    meaning: "One piece of it doesn't safely fit into this page's memory; nothing was explained.",
    next: "Write it with smaller row groups, such as 100,000 rows each, or save it as CSV.",
  },
  "file-unreadable": {
    title: "The file can't be read any more",
    meaning: "It was changed, moved or deleted since it was chosen. What is finished is kept.",
    next: "Choose it again; the same file goes on where it was.",
  },
  "part-damaged": {
    title: "Something kept was damaged",
    meaning: "What this browser kept of some rows is not what was written.",
    next: "Continue: these rows are computed again.",
  },
  "storage-full": {
    title: "There is no room left in this browser",
    meaning: "Finished rows are kept; the next ones couldn't be.",
    next: "Delete what is kept of other files, or free space on this device, then continue.",
  },
  "storage-failed": {
    title: "This browser doesn't keep anything here",
    meaning: "Private windows often refuse to. Explaining works all the same, but can't go on after a reload.",
    next: "Start again without keeping it in this browser.",
  },
  "run-changed": {
    title: "Something has changed since this was begun",
    meaning: "The model, the release or what runs it is another one; old and new rows would not fit together.",
    next: "Take along what is there, delete it, and start again.",
  },
  "run-busy": {
    title: "This file is being explained in another tab",
    meaning: "Two tabs at a time would get in each other's way.",
    next: "Go to that tab, or pause it there.",
  },
  "no-run": {
    title: "This is not kept any more",
    meaning: "It was deleted, here or in another tab.",
    next: "Choose the file again.",
  },
} satisfies Record<string, FailureWords>;
