import { GraphiQL } from "graphiql";
import { useEffect, useMemo, useState } from "react";
import { readPersona, writePersona } from "../src/model/address";
import { useMedia } from "../src/ui/media";
import { fetcher } from "./fetcher";

/** What the editor holds at first: a question, and the line on which changes arrive. */
const welcome = `# Ctrl-Enter runs, Ctrl-Space completes.
# The schema is the book on the left.

query Find($text: String = "legal") {
  search(text: $text, first: 5) {
    totalCount
    nodes {
      node {
        id
        kind
        name
      }
    }
  }
}

subscription Changes {
  changes {
    change
    kind
    id
  }
}
`;

type Coalition = { readonly id: string; readonly name: string };

/**
 * Page is the interactive page of the API: GraphiQL, below a bar that says through whose eyes one asks. It speaks
 * English, as the schema and GraphiQL do. What was typed is kept as long as the tab, not in the browser: an
 * operation may name people.
 */
export function Page() {
  const theme = useTheme();
  const [persona, setPersona] = useState(() =>
    writePersona(readPersona(new URLSearchParams(location.search).get("see"))),
  );
  const [coalitions, setCoalitions] = useState<readonly Coalition[]>([]);
  const ask = useMemo(() => fetcher(persona), [persona]);

  useEffect(() => {
    const query = "query Coalitions { coalitions(first: 50) { nodes { id name } } }";
    const answered = fetcher("self")({ query }) as Promise<{ data?: { coalitions: { nodes: Coalition[] } } }>;
    answered.then(
      (answer) => setCoalitions(answer.data?.coalitions.nodes ?? []),
      () => undefined, // The first operation that is run will say what is wrong.
    );
  }, []);

  const see = (word: string) => {
    setPersona(word);
    history.replaceState(null, "", word === "self" ? location.pathname : `?see=${encodeURIComponent(word)}`);
  };
  const personas = [
    { word: "self", name: "Yourself" },
    { word: "coordinator", name: "A coordinator" },
    { word: "visitor", name: "A visitor" },
    { word: "member", name: "A member" },
    ...coalitions.map(({ id, name }) => ({ word: `member:${id}`, name: `A member of ${name}` })),
  ];
  if (!personas.some(({ word }) => word === persona)) personas.push({ word: persona, name: persona });

  return (
    <>
      <header className="bar">
        <h1>Weft API</h1>
        <label>
          <span>See as</span>
          <select value={persona} onChange={(event) => see(event.target.value)}>
            {personas.map(({ word, name }) => (
              <option key={word} value={word}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <a href="/">Back to the explorer</a>
      </header>
      <main>
        <GraphiQL
          fetcher={ask}
          storage={sessionStorage}
          defaultQuery={welcome}
          forcedTheme={theme}
          shouldPersistHeaders={false}
          showPersistHeadersSettings={false}
          schemaDescription
          inputValueDeprecation
        >
          <GraphiQL.Logo> </GraphiQL.Logo>
        </GraphiQL>
      </main>
    </>
  );
}

/** useTheme gives the colours chosen in the explorer, which this page has no control for, else those of the system. */
function useTheme(): "light" | "dark" {
  const night = useMedia("(prefers-color-scheme: dark)");
  const [chosen] = useState(() => {
    try {
      return localStorage.getItem("weft.theme");
    } catch {
      return null; // A browser may refuse storage altogether.
    }
  });
  const theme = chosen === "light" || chosen === "dark" ? chosen : night ? "dark" : "light";
  useEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  return theme;
}
