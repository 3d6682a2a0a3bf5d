//! What every kind of record has over GraphQL, written once: its type, its list with a connection,
//! its inputs and payload, and its fields of the roots.

/// Declares a kind: its type and body, the names of its fields of the roots, and of its types, and
/// the object whose fields are computed of a record, when it has such fields.
macro_rules! record_kind {
    (
        $(#[$doc:meta])*
        $Node:ident of $Body:ident,
        query $Query:ident { $one:ident, $many:ident },
        mutation $Mutation:ident { $create:ident, $revise:ident, $archive:ident },
        types $Connection:ident, $Edge:ident, $Create:ident, $Revise:ident, $Payload:ident
        $(, computed $Computed:ident)?
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub(crate) struct $Node {
            record: Record,
            body: $Body,
        }

        impl $Node {
            fn of(record: Record) -> Result<Self> {
                let Body::$Node(body) = &record.body else {
                    let refusal = Refusal::not_found(RecordKind::$Node.field(), record.id);
                    return Err(resolver_error(&refusal));
                };
                let body = Mirror::told(body);
                Ok(Self { record, body })
            }

            fn payload((record, user_errors): Changed) -> Result<$Payload> {
                let $one = record.map(Self::of).transpose()?;
                Ok($Payload { $one, user_errors })
            }
        }

        $(#[$doc])*
        #[Object]
        impl $Node {
            /// Its id.
            async fn id(&self) -> ID {
                self.record.id.into()
            }

            /// The agency's own name for it, unique among those of one kind and brand.
            async fn key(&self) -> &str {
                &self.record.key
            }

            /// The brand that it belongs to.
            async fn brand(&self, ctx: &Context<'_>) -> Result<Brand> {
                let state = ctx.state();
                let id = self.record.brand;
                let brand = state.answer(state.brand(id).await)?;
                brand
                    .map(Brand)
                    .ok_or_else(|| resolver_error(&Refusal::not_found("brand", id)))
            }

            /// The id of the campaign that it is of; null when it is of none.
            async fn campaign_id(&self) -> Option<ID> {
                self.record.campaign.map(Into::into)
            }

            /// Whether it is in use.
            async fn state(&self) -> RecordState {
                self.record.state.into()
            }

            /// The number of the revision, from 1: what a change names as `baseRevision`.
            async fn revision(&self) -> u32 {
                self.record.revision
            }

            /// When the revision was made.
            async fn revised_at(&self) -> DateTime {
                DateTime(self.record.made_at)
            }

            /// The id of the member who made the revision; null for the operator.
            async fn revised_by(&self) -> Option<ID> {
                self.record.made_by.map(Into::into)
            }

            /// Its revisions up to this one, the newest first.
            #[graphql(
                complexity = "page_price(first, NODES_PER_PAGE, NODES_PAGE_PRICED_MAX, child_complexity)"
            )]
            async fn history(
                &self,
                ctx: &Context<'_>,
                #[graphql(
                    desc = "How many revisions the page has at most.",
                    default_with = "Some(NODES_PER_PAGE)"
                )]
                first: Option<i32>,
                #[graphql(desc = "The `endCursor` of the page before.")] after: Option<String>,
            ) -> Result<RecordRevisionConnection> {
                read_history(ctx.state(), &self.record, first, after).await
            }

            #[graphql(flatten)]
            async fn body(&self, _ctx: &Context<'_>) -> $Body {
                self.body.clone()
            }

            $(#[graphql(flatten)]
            async fn computed(&self, _ctx: &Context<'_>) -> $Computed {
                $Computed::of(&self.record)
            })?
        }

        /// A page of records of one kind.
        #[derive(Debug)]
        pub(crate) struct $Connection {
            nodes: Vec<$Node>,
            cursors: Vec<String>,
            info: PageInfo,
        }

        /// One record of a page, with its cursor.
        #[derive(Debug, SimpleObject)]
        pub(crate) struct $Edge {
            /// The place of the record, for `after`.
            cursor: String,
            /// The record.
            node: $Node,
        }

        /// A page of records of one kind.
        #[Object]
        impl $Connection {
            /// The records of the page.
            async fn nodes(&self) -> Vec<$Node> {
                self.nodes.clone()
            }

            /// The records of the page with their cursors.
            async fn edges(&self) -> Vec<$Edge> {
                let cursors = self.cursors.iter().cloned();
                let edges = cursors.zip(self.nodes.iter().cloned());
                edges.map(|(cursor, node)| $Edge { cursor, node }).collect()
            }

            /// Where the page lies.
            async fn page_info(&self) -> PageInfo {
                self.info.clone()
            }
        }

        /// What a record is made from.
        #[derive(Debug, InputObject)]
        pub(crate) struct $Create {
            /// The id of the brand that it belongs to.
            brand: ID,
            /// The id of the campaign that it is of, one of the brand.
            campaign: Option<ID>,
            /// The agency's own name for it, unique among those of one kind and brand; made up when it is left out.
            key: Option<String>,
            /// What it says.
            $one: $Body,
        }

        /// The next revision of a record, as a whole.
        #[derive(Debug, InputObject)]
        pub(crate) struct $Revise {
            /// The record's id.
            id: ID,
            /// The newest revision that the caller saw; another one is `REVISION_CONFLICT`.
            base_revision: u32,
            /// All that it says from now on: what is left out goes.
            $one: $Body,
        }

        /// What became of a change of a record.
        #[derive(Debug, SimpleObject)]
        pub(crate) struct $Payload {
            /// The record as it is now; null when the input was not accepted.
            $one: Option<$Node>,
            /// All that the input has against it; empty when the record was changed.
            user_errors: Vec<UserError>,
        }

        #[derive(Debug, Default)]
        pub(crate) struct $Query;

        #[Object]
        impl $Query {
            /// The record of this kind and id; null with an error of code `NOT_FOUND` when there is none for this token.
            async fn $one(
                &self,
                ctx: &Context<'_>,
                #[graphql(desc = "The record's id.")] id: ID,
                #[graphql(desc = "As it stood at this moment; as it is when left out.")]
                as_of: Option<DateTime>,
            ) -> Result<Option<$Node>> {
                let state = ctx.state();
                let (id, as_of) = (parse(&id, "id")?, as_of.map(|moment| moment.0));
                let _read = state.reads.begin();
                let found = state
                    .services
                    .record(&state.scope, RecordKind::$Node, id, as_of)
                    .await;
                $Node::of(state.answer(found)?).map(Some)
            }

            /// The records of this kind that the token may see.
            #[graphql(
                complexity = "page_price(first, NODES_PER_PAGE, NODES_PAGE_PRICED_MAX, child_complexity)"
            )]
            async fn $many(
                &self,
                ctx: &Context<'_>,
                #[graphql(
                    name = "where",
                    desc = "Which records; those in use when left out."
                )]
                filter: Option<RecordFilter>,
                #[graphql(desc = "The order; by key when left out.")] order_by: Option<RecordOrder>,
                #[graphql(
                    desc = "As they stood at this moment, without those that came later; as they are when left out."
                )]
                as_of: Option<DateTime>,
                #[graphql(
                    desc = "How many records the page has at most.",
                    default_with = "Some(NODES_PER_PAGE)"
                )]
                first: Option<i32>,
                #[graphql(desc = "The `endCursor` of the page before, of the same list.")]
                after: Option<String>,
            ) -> Result<$Connection> {
                let listing = Listing {
                    filter,
                    order: order_by,
                    as_of,
                    first,
                    after,
                };
                let page = read_page(ctx.state(), RecordKind::$Node, listing).await?;
                let cursors = page.items.iter().map(|record| page.cursor(record));
                Ok($Connection {
                    cursors: cursors.collect(),
                    info: page.info.clone(),
                    nodes: page.items.into_iter().map($Node::of).collect::<Result<_>>()?,
                })
            }
        }

        #[derive(Debug, Default)]
        pub(crate) struct $Mutation;

        #[Object]
        impl $Mutation {
            /// Makes a record of this kind.
            async fn $create(
                &self,
                ctx: &Context<'_>,
                #[graphql(desc = "What it is made from.")] input: $Create,
            ) -> Result<$Payload> {
                let place = NewRecord {
                    brand: input.brand,
                    campaign: input.campaign,
                    key: input.key,
                };
                let body = input.$one.meant().map(Body::$Node);
                $Node::payload(create(ctx.state(), place, RecordKind::$Node, body).await?)
            }

            /// Writes the next revision of a record; one that was archived is in use again. The same body again writes nothing.
            async fn $revise(
                &self,
                ctx: &Context<'_>,
                #[graphql(desc = "Which record, and what it says from now on.")] input: $Revise,
            ) -> Result<$Payload> {
                let at = (input.id, input.base_revision);
                let body = input.$one.meant().map(Body::$Node);
                $Node::payload(revise(ctx.state(), at, RecordKind::$Node, body).await?)
            }

            /// Takes a record out of use; its history can still be read.
            async fn $archive(
                &self,
                ctx: &Context<'_>,
                #[graphql(desc = "Which record.")] input: ArchiveRecordInput,
            ) -> Result<$Payload> {
                $Node::payload(archive(ctx.state(), RecordKind::$Node, input).await?)
            }
        }
    };
}
pub(super) use record_kind;
