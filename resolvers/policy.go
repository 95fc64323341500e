package resolvers

import (
	"slices"
	"strings"

	"weft/graph"
)

// rule says who may read or call a coordinate of the schema: viewers of a level
// and above, or those who may do an act.
type rule struct {
	level graph.Level
	act   graph.Act
}

// allows returns nil when the viewer passes the rule. Without a rule nobody does.
func (r rule) allows(v graph.Viewer) error {
	switch {
	case r.act != "":
		return v.May(r.act)
	case r.level != "" && v.AtLeast(r.level):
		return nil
	}
	return graph.Errorf(graph.FORBIDDEN, "you may not ask this")
}

// policy holds the rule of every coordinate, as Type.field. Root fields are
// refused to who fails theirs. What a level may not read within an answer is
// not refused but cut by the View, so that it reads the same as when there is
// nothing; the rules of such fields are what the tests hold the View to.
var policy = parsePolicy(policyTable)

func parsePolicy(table string) map[string]rule {
	out := map[string]rule{}
	for line := range strings.Lines(strings.TrimSpace(table)) {
		words := strings.Fields(line)
		r := rule{act: graph.Act(words[0])}
		if slices.Contains(readLevels, graph.Level(words[0])) {
			r = rule{level: graph.Level(words[0])}
		}
		for _, field := range words[2:] {
			out[words[1]+"."+field] = r
		}
	}
	return out
}

var readLevels = []graph.Level{graph.LevelVisitor, graph.LevelMember, graph.LevelCoordinator, graph.LevelSteward}

// mayCall lists the mutations that a viewer may call, in order of name.
func mayCall(v graph.Viewer) []string {
	out := []string{}
	for coordinate, r := range policy {
		if name, ok := strings.CutPrefix(coordinate, "Mutation."); ok && r.allows(v) == nil {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// policyTable has one line for the fields of a type that share a rule: a level
// or an act, the type, its fields. A field of the schema without a place here
// fails the tests.
const policyTable = `
VISITOR Node id kind name otherNames translations summary languages place latitude longitude identifiers web visibility scopes sources version createdAt updatedAt lastConfirmedAt degree links
VISITOR Actor id kind name otherNames translations summary languages place latitude longitude identifiers web visibility scopes sources version createdAt updatedAt lastConfirmedAt degree links
VISITOR Organization id kind name otherNames translations summary languages place latitude longitude identifiers web visibility scopes sources version createdAt updatedAt lastConfirmedAt classification founded dissolved capacitiesOffered capacitiesNeeded openToCollaboration contactPoints degree links
VISITOR Individual id kind name otherNames translations summary languages place latitude longitude identifiers web visibility scopes sources version createdAt updatedAt lastConfirmedAt capacitiesOffered contactPoints degree links
COORDINATOR Individual atRisk
VISITOR Issue id kind name otherNames translations summary languages place latitude longitude identifiers web visibility scopes sources version createdAt updatedAt lastConfirmedAt horizon status rights known degree links
VISITOR Coalition id kind name otherNames translations summary languages place latitude longitude identifiers web visibility scopes sources version createdAt updatedAt lastConfirmedAt purpose status openness decisionRule capacitiesNeeded degree links
VISITOR Campaign id kind name otherNames translations summary languages place latitude longitude identifiers web visibility scopes sources version createdAt updatedAt lastConfirmedAt goal horizon status capacitiesNeeded start end milestones indicators measurements degree links
VISITOR Action id kind name otherNames translations summary languages place latitude longitude identifiers web visibility scopes sources version createdAt updatedAt lastConfirmedAt form whatToDo location windowFrom windowTo pledged taken degree links
VISITOR Event id kind name otherNames translations summary languages place latitude longitude identifiers web visibility scopes sources version createdAt updatedAt lastConfirmedAt format date venue capacity degree links
VISITOR Community id kind name otherNames translations summary languages place latitude longitude identifiers web visibility scopes sources version createdAt updatedAt lastConfirmedAt whereabouts size degree links
VISITOR Story id kind name otherNames translations summary languages place latitude longitude identifiers web visibility scopes sources version createdAt updatedAt lastConfirmedAt text media tellerName degree links
COORDINATOR Story consent
VISITOR Source id kind name otherNames translations summary languages place latitude longitude identifiers web visibility scopes sources version createdAt updatedAt lastConfirmedAt title publisher published url medium reliability degree links
VISITOR Translation language name
VISITOR ContactPoint kind value note visibility
VISITOR Claim text source
VISITOR Milestone title due reached
VISITOR Indicator name unit baseline target
VISITOR Measurement indicator date value source
COORDINATOR Consent scope named purpose channels languages from until minor guardian recordedBy how withdrawn
VISITOR Contact date channel note
VISITOR Reading date power stance source
VISITOR Membership role
VISITOR Affiliation post basis
VISITOR Work capacity priority stance
VISITOR Drive polarity weight mechanism
VISITOR Alliance formal
VISITOR Dialogue contacts
VISITOR Affliction severity
VISITOR Representation mandate
VISITOR CampaignPart role
VISITOR Targeting readings
VISITOR Participation role
VISITOR Funding amountFrom amountTo currency purpose
VISITOR Link id kind from to label inverse symmetric since until ended strength note visibility scopes state sources version createdAt updatedAt lastConfirmedAt details
COORDINATOR Link assertedBy confirmedBy
VISITOR PageInfo hasNextPage hasPreviousPage startCursor endCursor
VISITOR OrganizationConnection edges nodes pageInfo totalCount
VISITOR OrganizationEdge cursor node
VISITOR IndividualConnection edges nodes pageInfo totalCount
VISITOR IndividualEdge cursor node
VISITOR IssueConnection edges nodes pageInfo totalCount
VISITOR IssueEdge cursor node
VISITOR CoalitionConnection edges nodes pageInfo totalCount
VISITOR CoalitionEdge cursor node
VISITOR CampaignConnection edges nodes pageInfo totalCount
VISITOR CampaignEdge cursor node
VISITOR ActionConnection edges nodes pageInfo totalCount
VISITOR ActionEdge cursor node
VISITOR EventConnection edges nodes pageInfo totalCount
VISITOR EventEdge cursor node
VISITOR CommunityConnection edges nodes pageInfo totalCount
VISITOR CommunityEdge cursor node
VISITOR StoryConnection edges nodes pageInfo totalCount
VISITOR StoryEdge cursor node
VISITOR SourceConnection edges nodes pageInfo totalCount
VISITOR SourceEdge cursor node
VISITOR LinkConnection edges nodes pageInfo totalCount
VISITOR LinkEdge cursor node
VISITOR Hit node match snippet
VISITOR SearchConnection edges nodes pageInfo totalCount facets
VISITOR HitEdge cursor node
VISITOR Facet name values
VISITOR FacetValue value count node
VISITOR Catalogue nodeKinds linkKinds vocabularies
VISITOR NodeInfo kind plural actor defaultVisibility fields
VISITOR LinkInfo kind label inverse symmetric details ends defaultVisibility fields
VISITOR Ends from to
VISITOR Field name path type list vocabulary own restricted system
VISITOR Vocabulary name values
VISITOR Viewer persona level organization coalitions may pageCap network
VISITOR Network name demo today counts
VISITOR Counts nodes links kinds
VISITOR KindCount kind count
VISITOR HistoryEntry change at verb class id kind fields node link from to
COORDINATOR HistoryEntry author
VISITOR FieldChange name before after
VISITOR HistoryConnection edges nodes pageInfo
VISITOR HistoryEdge cursor node
VISITOR Tally since total limited counts
VISITOR TallyCount verb class kind count
VISITOR ChangeEvent kind class id node link introduction gap change
VISITOR Warning code text link
VISITOR Message key args english
VISITOR MessageArg name type nodes names number date text words
VISITOR Basis shared groups kinds
VISITOR Gap id kind title score likelihood value nodes links reasons worth nextStep introduction
VISITOR Reason message amount share nodes links
VISITOR NextStep message who
VISITOR Dismissal id gap gapKind title nodes reason at
VISITOR Path nodes links steps strength
VISITOR Ally node score likelihood value reasons worth nextStep path
VISITOR CommonGround shared places capacities
VISITOR Shared node by links score
VISITOR Coverage rows columns groups counts expected holes cells cell
VISITOR CoverageEntry node label total need
VISITOR CoverageCell row column groups weak expected hole suppressed nearest reason
VISITOR Brokers basis exact error brokers
VISITOR Broker node betweenness constraint effectiveSize degree core cut roles
VISITOR Roles coordinator itinerant gatekeeper representative liaison
VISITOR Groups basis alone modularity groups
VISITOR Group id name size members issues
VISITOR Projection actors groups memberships pairs
VISITOR SharedPair a b groups
VISITOR SharedPairConnection edges nodes pageInfo totalCount
VISITOR SharedPairEdge cursor node
VISITOR Health basis day nodes ties density components giant alone reach hub hubShare core coreNumber periphery closure resilience cutPoints communities sentence
VISITOR Comparison before after sentence added ended strengthened weakened opened closed
VISITOR Pair a b
VISITOR Influence target power stance strength weak path
VISITOR Holder node sizes
VISITOR Introduction id state whole parties broker gap reasons answers suggestedAt proposedAt madeAt dismissedAt dismissReason outcome outcomeNote outcomeAt lastStepAt link
VISITOR Ground message share nodes links
VISITOR IntroductionAnswer party choice note at
VISITOR IntroductionYear year suggested proposed accepted declined dismissed made followed holding lasted gapsClosed
VISITOR NodeConnection edges nodes pageInfo totalCount
VISITOR NodeEdge cursor node
VISITOR GapConnection edges nodes pageInfo totalCount limited
VISITOR GapEdge cursor node
VISITOR AllyConnection edges nodes pageInfo totalCount
VISITOR AllyEdge cursor node
VISITOR SharedConnection edges nodes pageInfo totalCount
VISITOR SharedEdge cursor node
VISITOR CoverageCellConnection edges nodes pageInfo totalCount
VISITOR CoverageCellEdge cursor node
VISITOR BrokerConnection edges nodes pageInfo totalCount
VISITOR BrokerEdge cursor node
VISITOR GroupConnection edges nodes pageInfo totalCount
VISITOR GroupEdge cursor node
VISITOR PairConnection edges nodes pageInfo totalCount
VISITOR PairEdge cursor node
VISITOR InfluenceConnection edges nodes pageInfo totalCount
VISITOR InfluenceEdge cursor node
VISITOR IntroductionConnection edges nodes pageInfo totalCount
VISITOR IntroductionEdge cursor node
VISITOR DismissalConnection edges nodes pageInfo totalCount
VISITOR DismissalEdge cursor node
COORDINATOR Introduction suggestedBy
COORDINATOR Dismissal by
VISITOR EditPayload change node link introduction removedLinks warnings clientMutationId
VISITOR Query viewer catalogue node nodes link organizations individuals issues coalitions campaigns actions events communities stories sources search links neighbourhood shape history changes changesSince
VISITOR Query gaps gap dismissals allies commonGround connections coverage brokers groups projection health trend compare whatIf influencePaths holders introduction introductions
COORDINATOR Query introductionYears
VISITOR Subscription changes progress
VISITOR Progress part share
VISITOR NodeFilter kinds issues places capacities coalitions classifications
VISITOR LinkFilter kinds direction ended other otherKinds
ADD Mutation addNode connect recordContact recordReading recordMeasurement
CHANGE Mutation changeNode changeLink end
VOUCH Mutation confirm dispute
REMOVE Mutation removeNode removeLink merge
UNDO Mutation undo
SEAL Mutation erase withdrawConsent
ADD Mutation dismissGap reopenGap answerIntroduction makeIntroduction closeIntroduction
VOUCH Mutation suggestIntroduction proposeIntroduction dismissIntroduction takeBackIntroduction
ADD NodeFields name otherNames translations summary languages place latitude longitude identifiers web visibility scopes sources organization individual issue coalition campaign action event community story source
ADD OrganizationFields classification founded dissolved capacitiesOffered capacitiesNeeded openToCollaboration contactPoints
GUARD IndividualFields atRisk
ADD IndividualFields capacitiesOffered contactPoints
ADD IssueFields horizon status rights known
ADD CoalitionFields purpose status openness decisionRule capacitiesNeeded
ADD CampaignFields goal horizon status capacitiesNeeded start end milestones indicators measurements
ADD ActionFields form whatToDo location windowFrom windowTo pledged taken
ADD EventFields format date venue capacity
ADD CommunityFields whereabouts size
GUARD StoryFields consent
ADD StoryFields text media tellerName
ADD SourceFields title publisher published url medium reliability
ADD LinkFields since until strength note visibility scopes sources membership affiliation work drive alliance dialogue affliction representation campaignPart targeting participation funding
ADD MembershipFields role
ADD AffiliationFields post basis
ADD WorkFields capacity priority stance
ADD DriveFields polarity weight mechanism
ADD AllianceFields formal
ADD DialogueFields contacts
ADD AfflictionFields severity
ADD RepresentationFields mandate
ADD CampaignPartFields role
ADD TargetingFields readings
ADD ParticipationFields role
ADD FundingFields amountFrom amountTo currency purpose
ADD TranslationInput language name
ADD ContactPointInput kind value note visibility
ADD ClaimInput text source
ADD MilestoneInput title due reached
ADD IndicatorInput name unit baseline target
ADD MeasurementInput indicator date value source
GUARD ConsentInput scope named purpose channels languages from until minor guardian recordedBy how
ADD ContactInput date channel note
ADD ReadingInput date power stance source
ADD AddNodeInput kind fields clientMutationId
CHANGE ChangeNodeInput id expectedVersion fields clientMutationId
REMOVE RemoveNodeInput id expectedVersion clientMutationId
ADD ConnectInput kind from to fields clientMutationId
CHANGE ChangeLinkInput id expectedVersion fields clientMutationId
REMOVE RemoveLinkInput id expectedVersion clientMutationId
VOUCH ConfirmInput id clientMutationId
VOUCH DisputeInput id note clientMutationId
CHANGE EndInput id expectedVersion until clientMutationId
ADD RecordContactInput link contact clientMutationId
ADD RecordReadingInput link reading clientMutationId
ADD RecordMeasurementInput campaign measurement clientMutationId
REMOVE MergeInput into from clientMutationId
UNDO UndoInput change clientMutationId
SEAL EraseInput id clientMutationId
SEAL WithdrawConsentInput story clientMutationId
VISITOR GapScope coalition issue organization place
VISITOR BasisInput shared groups kinds
VISITOR SupposedNode id kind name
VISITOR SupposedLink kind from to strength
ADD DismissGapInput gap reason clientMutationId
ADD ReopenGapInput gap clientMutationId
VOUCH SuggestIntroductionInput gap a b broker noBroker clientMutationId
VOUCH TakeBackIntroductionInput id expectedLastStep clientMutationId
ADD IntroductionInput id clientMutationId
ADD AnswerIntroductionInput id party choice note clientMutationId
ADD CloseIntroductionInput id outcome link note clientMutationId
VOUCH DismissIntroductionInput id reason clientMutationId
`
