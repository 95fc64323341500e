import { expect, test } from "vitest";
import { readShape } from "./shape";

const shape = {
  ids: ["a", "b"],
  kinds: [0, 1],
  names: ["A", "B"],
  degrees: [4, 1],
  depths: [0, 1],
  linkIds: ["1", "2", "3", "4"],
  from: [0, 0, 0, 1],
  to: [1, 1, 1, 0],
  linkKinds: [0, 1, 1, 1],
  strengths: [3, 0, 5, 1],
  states: [1, 0, 2, 1],
  since: ["", "2018", "", ""],
  until: ["", "2024", "2023-12", "2024-05-03"],
  nodeKinds: ["Organization", "Coalition"],
  linkKindNames: ["MEMBER_OF", "FUNDS"],
  limited: true,
};

test("columns of the server become the network the canvas shows", () => {
  const { network, limited } = readShape(shape, "2024-05-04");
  expect(limited).toBe(true);
  expect(network.kinds).toEqual(["Organization", "Coalition"]);
  expect(network.ties).toEqual([4, 1]);
  expect(network.links.kinds).toEqual(["MEMBER_OF", "FUNDS", "FUNDS", "FUNDS"]);
  expect(network.links.state).toEqual(["CONFIRMED", "CLAIMED", "DISPUTED", "CONFIRMED"]);
});

test("a tie has ended when its last possible day has passed", () => {
  expect(readShape(shape, "2024-05-04").network.links.ended).toEqual([false, false, true, true]);
  expect(readShape(shape, "2024-05-03").network.links.ended).toEqual([false, false, true, false]);
  expect(readShape(shape, "2025-01-01").network.links.ended).toEqual([false, true, true, true]);
});
