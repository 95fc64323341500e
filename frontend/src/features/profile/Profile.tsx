import { useQuery } from "../../api/ApiProvider";
import { Profile as ProfileDocument, type ProfileQuery } from "../../api/generated";
import { useI18n } from "../../i18n/I18n";
import { explore, openProfile, select } from "../../model/view";
import { VisibilityBadge } from "../../ui/Badge";
import { Button } from "../../ui/Button";
import { Icon } from "../../ui/Icon";
import { KindMark } from "../../ui/KindMark";
import { EmptyState, ErrorState, Skeleton } from "../../ui/States";
import { useView, ViewLink } from "../../ui/view";
import "./profile.css";

type Subject = NonNullable<ProfileQuery["node"]>;
type Tie = Subject["links"]["nodes"][number];

type Props = {
  id: string;
  /** `page` is the screen of its own; `inspector` stands beside another screen and can be closed. */
  place: "page" | "inspector";
};

/** Profile tells all there is about one node that the viewer may see. */
export function Profile({ id, place }: Props) {
  const { t } = useI18n();
  const { view, look } = useView();
  const { data, failure, loading, retry } = useQuery(ProfileDocument, { id, asOf: view.asOf });
  // While the next subject is on its way, the one before is not shown under its name.
  const node = data?.node && data.node.id === id ? data.node : null;

  return (
    <article className="profile" data-place={place} aria-busy={loading}>
      {place === "inspector" && (
        <div className="profile-close">
          <Button look="quiet" square aria-label={t("inspector.close")} onPress={() => look(select(null))}>
            <Icon name="close" />
          </Button>
        </div>
      )}
      {failure && <ErrorState failure={failure} onRetry={retry} />}
      {!node &&
        !failure &&
        (loading ? (
          <Skeleton lines={9} />
        ) : (
          <EmptyState title={t("profile.title")} text={t("error.NOT_FOUND")} />
        ))}
      {node && <Subject node={node} place={place} />}
    </article>
  );
}

function Subject({ node, place }: { node: Subject; place: Props["place"] }) {
  const { t, date } = useI18n();
  const Title = place === "page" ? "h1" : "h2";
  return (
    <>
      <header className="profile-head">
        <p className="profile-kind">
          <KindMark kind={node.kind} size={16} />
          <span>{t(`kind.${node.kind}`)}</span>
          {node.place && <bdi>{node.place}</bdi>}
          <VisibilityBadge visibility={node.visibility} />
        </p>
        <Title>
          <bdi>{node.name}</bdi>
        </Title>
        {node.otherNames.length > 0 && (
          <ul className="profile-names">
            {node.otherNames.map((name) => (
              <li key={name}>
                <bdi>{name}</bdi>
              </li>
            ))}
          </ul>
        )}
        <p className="profile-confirmed">
          {node.lastConfirmedAt
            ? t("profile.confirmed", { date: date(node.lastConfirmedAt.slice(0, 10)) })
            : t("profile.unconfirmed")}
        </p>
      </header>
      {node.summary && (
        <p className="profile-summary">
          <bdi>{node.summary}</bdi>
        </p>
      )}
      <nav className="profile-ways" aria-label={node.name}>
        <ViewLink className="button" data-look="primary" step={explore(node.id)}>
          <Icon name="explorer" size={16} />
          {t("action.explore")}
        </ViewLink>
        {place === "inspector" && (
          <ViewLink className="button" step={openProfile(node.id)}>
            {t("action.profile")}
          </ViewLink>
        )}
      </nav>
      <Ties node={node} place={place} />
    </>
  );
}

function Ties({ node, place }: { node: Subject; place: Props["place"] }) {
  const { t } = useI18n();
  const { nodes: ties, totalCount } = node.links;
  const [Section, Group] = place === "page" ? (["h2", "h3"] as const) : (["h3", "h4"] as const);
  const groups = Map.groupBy(ties, (tie) => `${tie.from.id === node.id ? "out" : "in"}.${tie.kind}` as const);
  return (
    <section className="profile-ties">
      <Section>
        {t("profile.ties")} <span className="count">{t("directory.ties", { count: totalCount })}</span>
      </Section>
      {ties.length === 0 && <p className="profile-none">{t("profile.noTies")}</p>}
      {[...groups].map(([label, list]) => (
        <section key={label} className="tie-group">
          <Group>{t(label)}</Group>
          <ul>
            {list.map((tie) => (
              <TieLine key={tie.id} tie={tie} other={tie.from.id === node.id ? tie.to : tie.from} />
            ))}
          </ul>
        </section>
      ))}
    </section>
  );
}

function TieLine({ tie, other }: { tie: Tie; other: Tie["from"] }) {
  const { t, date } = useI18n();
  const { view } = useView();
  const when =
    tie.since && tie.until
      ? t("profile.between", { from: date(tie.since), until: date(tie.until) })
      : tie.since
        ? t("profile.since", { date: date(tie.since) })
        : tie.until
          ? t("profile.until", { date: date(tie.until) })
          : null;
  const step = view.screen === "profile" ? openProfile(other.id) : select(other.id);
  return (
    <li className="tie" data-ended={tie.ended || undefined}>
      <KindMark kind={other.kind} />
      <div>
        <ViewLink step={step}>
          <bdi>{other.name}</bdi>
        </ViewLink>
        <p className="tie-facts">
          {when && <span>{when}</span>}
          <span>{tie.ended ? t("state.ended") : t(`state.${tie.state}`)}</span>
          {tie.strength > 0 && <span>{t("profile.strength", { value: tie.strength })}</span>}
          {tie.visibility !== "PUBLIC" && <VisibilityBadge visibility={tie.visibility} />}
        </p>
      </div>
    </li>
  );
}
