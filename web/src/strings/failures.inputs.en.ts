/** What can go wrong with photos and texts, by code. */
import type { FailureWords } from "./failures.en.js";

export const inputFailures = {
  photo: {
    title: "This is no photo that can be read",
    meaning: "The file is damaged, cut off, or of a kind that this browser doesn't know.",
    next: "Choose another one: JPEG, PNG, WebP and GIF files are read everywhere.",
  },
  "photo-too-large": {
    title: "The photo is too large",
    meaning: "It has more pixels than this page may hold in memory, so it was not opened.",
    next: "Make it smaller, or cut out the part that matters.",
  },
  image: {
    title: "The photo doesn't fit the model",
    meaning: "What was made of it is not what the model takes, so there is no explanation.",
    next: "Choose another photo. If it stays, tell whoever runs this site what the details say.",
  },
  regions: {
    title: "The regions can't be used",
    meaning: "They don't fit the photo, or there are too many of them, so there is no explanation.",
    next: "Draw them anew, or let the page cut the photo.",
  },
  text: {
    title: "This is no text",
    meaning: "The model reads text, and something else was given.",
    next: "Enter a text, or start from an example.",
  },
  "no-words": {
    title: "There is no word in this text",
    meaning: "The model reads words, and it found none, so there is neither a result nor an explanation.",
    next: "Enter a text of one word or more, or start from an example.",
  },
  "wrong-kind": {
    title: "This model takes another kind of data",
    meaning: "The page shows one kind of data, such as photos, and the model takes another.",
    next: "Tell whoever runs this page; the details say what the model takes.",
  },
  "method-unfit": {
    title: "This method doesn't explain such data",
    meaning: "It is made for another kind of data than the model takes.",
    next: "Choose one of the methods named in the details.",
  },
} satisfies Record<string, FailureWords>;
