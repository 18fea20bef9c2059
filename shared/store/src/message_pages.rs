//! Lists of messages, each at the cost of the page: all of a memory, or one thread, between two times, in either order.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use app_domain::{
    MemoryId, Message, MessageFilter, MessageId, Page, PageRequest, SortOrder, StoreError, Timestamp, Total,
    UserId,
};
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::types::Select;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use crate::keys::{self, MESSAGE_PREFIX};
use crate::memories::KeyOnly;
use crate::message_item::StoredMessage;
use crate::messages::{MessageError, Messages};
use crate::table::{self, from_item, text};

/// How many messages are counted where no counter has their number: so many reads of a megabyte.
const COUNTING_READS: usize = 4;

/// Messages that lie side by side in the table, and the order in which they are read.
#[derive(Debug, Clone)]
pub(crate) struct Span {
    partition: String,
    prefix: String,
    from: Uuid,
    to: Uuid,
    order: SortOrder,
}

impl Span {
    /// All messages of a memory.
    pub(crate) fn newest_first(owner: UserId, memory: MemoryId) -> Self {
        Self {
            partition: keys::below(owner, memory),
            prefix: MESSAGE_PREFIX.to_owned(),
            from: Uuid::nil(),
            to: Uuid::max(),
            order: SortOrder::Descending,
        }
    }

    /// Those that fit a filter. Nothing if none can.
    fn filtered(owner: UserId, memory: MemoryId, filter: &MessageFilter, order: SortOrder) -> Option<Self> {
        let from = filter.after.map_or(Uuid::nil(), |after| first_id(after.plus(Duration::from_millis(1))));
        let to = match filter.before {
            Some(before) => Uuid::from_u128(first_id(before).as_u128().checked_sub(1)?),
            None => Uuid::max(),
        };
        let prefix = filter.parent.map_or_else(|| MESSAGE_PREFIX.to_owned(), keys::thread_prefix);
        let all = Self::newest_first(owner, memory);
        (from <= to).then_some(Self { prefix, from, to, order, ..all })
    }

    /// Those behind one of them. Nothing if there can be none.
    fn behind(self, id: MessageId) -> Option<Self> {
        let id = id.as_uuid().as_u128();
        let rest = match self.order {
            SortOrder::Ascending => Self { from: self.from.max(Uuid::from_u128(id.checked_add(1)?)), ..self },
            SortOrder::Descending => Self { to: self.to.min(Uuid::from_u128(id.checked_sub(1)?)), ..self },
        };
        (rest.from <= rest.to).then_some(rest)
    }
}

impl Messages {
    /// A page of the messages of a memory. `total` is exact unless more lie between two times than can be counted at once.
    ///
    /// # Errors
    /// See [`MessageError`]. `Missing` if the message is not there whose replies are wanted.
    pub async fn page(
        &self,
        owner: UserId,
        memory: MemoryId,
        filter: &MessageFilter,
        order: SortOrder,
        request: &PageRequest<MessageId>,
    ) -> Result<Page<Message, MessageId>, MessageError> {
        let span = Span::filtered(owner, memory, filter, order);
        let all = async {
            match filter.parent {
                None => Ok::<_, MessageError>(self.summary(owner, memory).await?.message_count),
                Some(parent) => Ok(self.found(owner, memory, parent).await?.1.reply_count),
            }
        };
        let items = async {
            match &span {
                Some(span) => Ok(self.items_of(owner, memory, span.clone(), request).await?),
                None => Ok((Vec::new(), None)),
            }
        };
        let (all, (items, next)) = tokio::try_join!(all, items)?;
        let items = self.items.messages(items).await?;
        let is_whole = request.after.is_none() && request.number.get() == 1 && next.is_none();
        let total = match &span {
            Some(_) if !filter.has_times() => all.into(),
            // Whoever asks for what is new mostly gets all of it at once.
            Some(span) if !is_whole => self.count(span).await?,
            _ => (items.len() as u64).into(),
        };
        Ok(Page { items, total, next })
    }

    /// The newest messages of a memory, at most `count`, the newest first. None of a memory that is not there.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn newest(
        &self,
        owner: UserId,
        memory: MemoryId,
        count: usize,
    ) -> Result<Vec<Message>, StoreError> {
        let items = self.read(&Span::newest_first(owner, memory), count, None).await?;
        self.items.messages(items).await
    }

    /// Messages of several memories at once, such as those that the memories name as their newest, in the order given. One that was
    /// deleted meanwhile is left out.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn latest(
        &self,
        owner: UserId,
        wanted: &[(MemoryId, Vec<MessageId>)],
    ) -> Result<HashMap<MemoryId, Vec<Message>>, StoreError> {
        let each = wanted.iter().flat_map(|(memory, ids)| ids.iter().map(|id| (*memory, *id)));
        let each: BTreeSet<(MemoryId, MessageId)> = each.collect();
        let keys = each.into_iter().map(|(memory, id)| keys::message(owner, memory, id)).collect();
        let found = self.items.messages(self.table.get_all(keys).await?).await?;
        let mut found: HashMap<MessageId, Message> =
            found.into_iter().map(|message| (message.id, message)).collect();
        let of = |(memory, ids): &(MemoryId, Vec<MessageId>)| {
            (*memory, ids.iter().filter_map(|id| found.remove(id)).collect())
        };
        Ok(wanted.iter().map(of).collect())
    }

    /// The ids of all messages of a memory, whether that is there or not, the newest first.
    ///
    /// # Errors
    /// If the store fails.
    pub async fn all_ids(&self, owner: UserId, memory: MemoryId) -> Result<Vec<MessageId>, StoreError> {
        self.ids(&Span::newest_first(owner, memory), usize::MAX).await
    }

    async fn items_of(
        &self,
        owner: UserId,
        memory: MemoryId,
        span: Span,
        request: &PageRequest<MessageId>,
    ) -> Result<(Vec<StoredMessage>, Option<MessageId>), StoreError> {
        let skip = request.number.skipped(request.limit) as usize;
        let behind = match request.after {
            None if skip > 0 => {
                let skipped = self.ids(&span, skip).await?;
                if skipped.len() < skip {
                    return Ok((Vec::new(), None));
                }
                skipped.last().copied()
            }
            after => after,
        };
        let rest = match behind {
            Some(behind) => span.behind(behind),
            None => Some(span),
        };
        let Some(rest) = rest else { return Ok((Vec::new(), None)) };
        let limit = request.limit.get() as usize;
        if rest.prefix == MESSAGE_PREFIX {
            let mut items: Vec<StoredMessage> = self.read(&rest, limit + 1, None).await?;
            let more = items.len() > limit;
            items.truncate(limit);
            let next = items.last().filter(|_| more).map(|item| item.own.id);
            return Ok((items, next));
        }
        let mut ids = self.ids(&rest, limit + 1).await?;
        let more = ids.len() > limit;
        ids.truncate(limit);
        let keys = ids.iter().map(|id| keys::message(owner, memory, *id)).collect();
        let mut items: Vec<StoredMessage> = self.table.get_all(keys).await?;
        items.sort_by_key(|item| ids.iter().position(|id| *id == item.own.id));
        Ok((items, ids.last().copied().filter(|_| more)))
    }

    /// The ids of the first messages of a span.
    pub(crate) async fn ids(&self, span: &Span, count: usize) -> Result<Vec<MessageId>, StoreError> {
        let keys: Vec<KeyOnly> = self.read(span, count, Some(keys::SK)).await?;
        let id = |key: &KeyOnly| key.sk.rsplit('#').next().unwrap_or_default().parse();
        keys.iter().map(id).collect::<Result<_, _>>().map_err(table::corrupt)
    }

    async fn read<T: DeserializeOwned>(
        &self,
        span: &Span,
        count: usize,
        only: Option<&str>,
    ) -> Result<Vec<T>, StoreError> {
        let query = self.query(span).set_projection_expression(only.map(str::to_owned));
        let mut items = Vec::new();
        let mut start = None;
        while items.len() < count {
            let left = i32::try_from(count - items.len()).unwrap_or(i32::MAX);
            let answer = query.clone().limit(left).set_exclusive_start_key(start).send().await;
            let answer = answer.map_err(table::failed)?;
            for item in answer.items.unwrap_or_default() {
                items.push(from_item(item)?);
            }
            // What one read gives ends at a megabyte.
            start = answer.last_evaluated_key;
            if start.is_none() {
                break;
            }
        }
        Ok(items)
    }

    async fn count(&self, span: &Span) -> Result<Total, StoreError> {
        let query = self.query(span).select(Select::Count);
        let mut count = 0;
        let mut start = None;
        for _ in 0..COUNTING_READS {
            let answer = query.clone().set_exclusive_start_key(start).send().await.map_err(table::failed)?;
            count += u64::try_from(answer.count).unwrap_or_default();
            start = answer.last_evaluated_key;
            if start.is_none() {
                return Ok(count.into());
            }
        }
        Ok(Total { count, is_exact: false })
    }

    fn query(&self, span: &Span) -> QueryFluentBuilder {
        let key = |id: Uuid| text(format!("{}{id}", span.prefix));
        let request = self.table.client().query().table_name(self.table.name());
        request
            .key_condition_expression("pk = :partition AND sk BETWEEN :from AND :to")
            .expression_attribute_values(":partition", text(&span.partition))
            .expression_attribute_values(":from", key(span.from))
            .expression_attribute_values(":to", key(span.to))
            .scan_index_forward(span.order == SortOrder::Ascending)
            .consistent_read(true)
    }
}

/// The least id of a message sent at a time.
fn first_id(at: Timestamp) -> Uuid {
    Uuid::from_u128(u128::try_from(at.as_millis()).unwrap_or_default() << 80)
}
