import { expect, test } from "vitest";
import { nameIn, speak } from "./names";

const society = {
  id: "s",
  name: "جمعية الميناء",
  translations: [
    { language: "en-GB", name: "Harbour Society" },
    { language: "en-US", name: "Harbor Society" },
    { language: "he", name: "אגודת הנמל" },
  ],
};

test.each([
  ["he", "אגודת הנמל"],
  ["en-US", "Harbor Society"],
  ["EN-us", "Harbor Society"],
  ["en", "Harbour Society"],
  ["en-AU", "Harbour Society"],
  ["ar", "جمعية الميناء"],
  ["e", "جمعية الميناء"],
])("in %s it is %s", (language, name) => expect(nameIn(language, society)).toBe(name));

test("what is spoken keeps the name it has", () => {
  expect(speak("he", society)).toMatchObject({ id: "s", name: "אגודת הנמל", original: "جمعية الميناء" });
});
