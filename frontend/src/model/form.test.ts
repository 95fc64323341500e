import { expect, test } from "vitest";
import { type FieldInfo, inputOf, itemFor, itemsOf, readValues } from "./form";

const field = (path: string, more: Partial<FieldInfo> = {}): FieldInfo => ({
  name: path.replace(".", "_"),
  path,
  type: "TEXT",
  list: false,
  vocabulary: null,
  own: true,
  system: false,
  ...more,
});

const words = { name: "Capacity", values: ["LEGAL", "MEDIA"] };
const fields = [
  field("name", { own: false }),
  field("otherNames", { own: false, list: true }),
  field("version", { own: false, system: true }),
  field("sources", { own: false, list: true, type: "REF" }),
  field("founded", { type: "DATE" }),
  field("status"),
  field("strength", { own: false, type: "INTEGER" }),
  field("capacities", { list: true, vocabulary: words }),
  field("open", { type: "BOOLEAN" }),
  field("contactPoints.kind", { list: true }),
  field("contactPoints.value", { list: true }),
  field("consent.purpose"),
  field("consent.channels", { list: true, vocabulary: words }),
  field("consent.withdrawn", { type: "DATE" }),
];
const items = itemsOf(fields);
const record = {
  name: "Harbour Law",
  otherNames: ["HL", "القانون"],
  sources: [{ id: "s1", name: "Yearbook" }],
  founded: null,
  organizationStatus: "OPEN",
  strength: 0,
  capacities: ["LEGAL"],
  open: true,
  contactPoints: [{ kind: "EMAIL", value: "a@b.example" }],
  consent: { purpose: "", channels: ["MEDIA"] },
};

test("a list of records becomes rows, an inner object stays fields, and what no form sets is left out", () => {
  expect(items.map((item) => (item.type === "rows" ? `${item.name}[]` : item.field.path))).toEqual([
    "name",
    "otherNames",
    "sources",
    "founded",
    "status",
    "strength",
    "capacities",
    "open",
    "contactPoints[]",
    "consent.purpose",
    "consent.channels",
  ]);
});

test("a record is read as it would be typed", () => {
  expect(readValues(items, record, "Organization")).toEqual({
    name: "Harbour Law",
    otherNames: "HL\nالقانون",
    sources: ["s1"],
    founded: "",
    status: "OPEN",
    strength: "",
    capacities: ["LEGAL"],
    open: true,
    contactPoints: [{ "contactPoints.kind": "EMAIL", "contactPoints.value": "a@b.example" }],
    "consent.purpose": "",
    "consent.channels": ["MEDIA"],
  });
});

test("what is as it was is not sent", () => {
  const before = readValues(items, record, "Organization");
  expect(inputOf(items, before, before, "organization")).toEqual({});
});

test("what differs is sent nested, own fields under the name of the kind; what was emptied is null", () => {
  const before = readValues(items, { ...record, founded: "2019" }, "Organization");
  const after = {
    ...before,
    name: "  Harbour  ",
    otherNames: "HL\n\n Harbour ",
    founded: "",
    strength: "3",
    contactPoints: [
      { "contactPoints.kind": "PHONE", "contactPoints.value": "+1" },
      { "contactPoints.kind": "", "contactPoints.value": " " },
    ],
    "consent.channels": [],
  };
  expect(inputOf(items, after, before, "organization")).toEqual({
    name: "Harbour",
    otherNames: ["HL", "Harbour"],
    strength: 3,
    organization: {
      founded: null,
      contactPoints: [{ kind: "PHONE", value: "+1" }],
      consent: { channels: [] },
    },
  });
});

test("what is no number goes as it was typed, for the server to say so", () => {
  expect(inputOf(items, { strength: "many" }, {}, "x")).toEqual({ strength: "many" });
});

test("an error is told at the item it is about", () => {
  const told = (named: string) => {
    const item = itemFor(items, named);
    return item && (item.type === "rows" ? item.name : item.field.path);
  };
  expect(told("founded")).toBe("founded");
  expect(told("organization.founded")).toBe("founded");
  expect(told("contactPoints_value")).toBe("contactPoints");
  expect(told("organization.contactPoints.kind")).toBe("contactPoints");
  expect(told("clientMutationId")).toBeUndefined();
});
