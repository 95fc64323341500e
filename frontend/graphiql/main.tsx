import "./trust";
import "./workers";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "../src/ui/tokens.css";
import "graphiql/graphiql.css";
import "@graphiql/react/style.css";
import "@graphiql/plugin-doc-explorer/style.css";
import "@graphiql/plugin-history/style.css";
import "./page.css";
import { Page } from "./Page";

createRoot(document.getElementById("root")!).render(
  <StrictMode>
    <Page />
  </StrictMode>,
);
