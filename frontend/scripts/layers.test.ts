import { expect, test } from "vitest";
import { importsOf, wrong } from "./layers.mjs";

const fault = (from: string, line: string) => wrong(from, importsOf(line)[0]!);

test.each([
  ["model/view.ts", 'import type { Client } from "../api/client";'],
  ["model/view.ts", 'import { type Client } from "../api/client";'],
  ["model/view.ts", 'import { nodeKinds } from "./kinds";'],
  ["model/view.test.ts", 'import fc from "fast-check";'],
  ["features/gaps/Gaps.tsx", 'import { Card } from "./Card";'],
  ["features/gaps/Gaps.tsx", 'const C = lazy(() => import("../../canvas/NetworkCanvas"));'],
  ["canvas/sigma.ts", 'import Sigma from "sigma";'],
  ["main.tsx", 'import { App } from "./App";'],
])("%s may: %s", (from, line) => expect(fault(from, line)).toBeNull());

test.each([
  ["model/view.ts", 'import { Client } from "../api/client";'],
  ["model/view.ts", 'import { type Client, other } from "../api/client";'],
  ["model/view.ts", 'import { useState } from "react";'],
  ["model/view.ts", 'export * from "../ui/Button";'],
  ["features/gaps/Gaps.tsx", 'import { Profile } from "../profile/Profile";'],
  ["features/gaps/Gaps.tsx", 'import Sigma from "sigma";'],
  ["features/gaps/Gaps.tsx", 'const s = await import("graphology-layout-forceatlas2/worker");'],
  ["ui/Button.tsx", 'import { useQuery } from "../api/ApiProvider";'],
  ["shell/Shell.tsx", 'import { Directory } from "../features/directory/Directory";'],
  ["canvas/sigma.ts", 'import {\n  useI18n,\n} from "../i18n/I18n";'],
])("%s may not: %s", (from, line) => expect(fault(from, line)).toMatch(/./));
