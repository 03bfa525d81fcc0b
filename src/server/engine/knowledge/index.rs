//! tantivy's part: which entries share words with the message, and which words are spelt alike.

use tantivy::{
    Index, IndexSettings, ReloadPolicy, Searcher, TantivyDocument, Term,
    collector::TopDocs,
    directory::RamDirectory,
    query::{BooleanQuery, BoostQuery, Occur, Query, TermQuery},
    schema::{Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions},
};

use super::{
    KnowledgeError,
    analysis::{EntryWords, KeyId, Vocabulary},
    message::MessageWord,
    score::Asked,
    spelling::{self, Match},
};

/// Entries that are scored for one message. Who comes after the first few has few of its words.
const CANDIDATES_MAX: usize = 32;
/// Words of a message that are looked up as misspelt. Who misspells more of them gets no answer.
const LOOKUPS_MAX: usize = 16;
/// How many times more a word counts in the question than in the answer when candidates are chosen.
const QUESTION_BOOST: f32 = 4.0;
/// tantivy's limit for what is not yet in the segment. Memory is taken as it is needed.
const BUILD_MEMORY: usize = 512 << 20;

/// The entries' words in an index of tantivy in memory.
pub(super) struct Candidates {
    searcher: Searcher,
    question: Field,
    answer: Field,
    /// The questions' words as they are spelt: only its dictionary is used, for typos.
    spelling: Field,
}

impl Candidates {
    pub(super) fn build(vocabulary: &Vocabulary, entries: &[EntryWords]) -> Result<Self, KnowledgeError> {
        let mut schema = Schema::builder();
        // Keys come out of our own analysis, so nothing is left to do for tantivy but to split them.
        let indexed = |record| {
            let indexing = TextFieldIndexing::default().set_tokenizer("whitespace").set_index_option(record);
            TextOptions::default().set_indexing_options(indexing)
        };
        let question = schema.add_text_field("question", indexed(IndexRecordOption::WithFreqs));
        let answer = schema.add_text_field("answer", indexed(IndexRecordOption::WithFreqs));
        let spelling = schema.add_text_field("spelling", indexed(IndexRecordOption::Basic));
        // One segment without a thread: documents are numbered as the entries are, which settles ties, and an
        // `IndexWriter` would keep threads and arenas of 15 MB for an index that never changes.
        let mut writer = Index::builder()
            .schema(schema.build())
            .settings(IndexSettings::default())
            .single_segment_index_writer(RamDirectory::create(), BUILD_MEMORY)?;
        let joined =
            |keys: &mut dyn Iterator<Item = KeyId>| keys.map(|key| vocabulary.name(key)).collect::<Vec<_>>().join(" ");
        let mut spellings = vocabulary.spellings().map(|(spelling, _)| spelling).collect::<Vec<_>>().join(" ");
        for entry in entries {
            let mut document = TantivyDocument::default();
            document.add_text(question, joined(&mut entry.question.iter().flat_map(|word| word.keys.iter().copied())));
            document.add_text(answer, joined(&mut entry.answer.iter().copied()));
            // The dictionary is all that is read of this field, so one document has all of it.
            document.add_text(spelling, std::mem::take(&mut spellings));
            writer.add_document(document)?;
        }
        let index = writer.finalize()?;
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Ok(Self { searcher: reader.searcher(), question, answer, spelling })
    }

    /// The keys that each word stands for: its own if some entry has them, otherwise those it may be a typo of.
    pub(super) fn resolve(
        &self,
        words: &[MessageWord],
        vocabulary: &Vocabulary,
    ) -> Result<Vec<Vec<Match>>, KnowledgeError> {
        let mut lookups = 0;
        let mut resolved = Vec::with_capacity(words.len());
        for word in words {
            let mut matches: Vec<Match> = word.keys.iter().map(|key| (*key, 1.0)).collect();
            if matches.is_empty() && !word.spellings.is_empty() && lookups < LOOKUPS_MAX {
                lookups += 1;
                for spelling in &word.spellings {
                    for segment in self.searcher.segment_readers() {
                        let reader = segment.inverted_index(self.spelling)?;
                        matches.extend(spelling::misspelt(spelling, self.spelling, &reader, vocabulary)?);
                    }
                    // The word as it is written comes first. Its stems are needed only if that is near to nothing.
                    if !matches.is_empty() {
                        break;
                    }
                }
                if vocabulary.compounds() {
                    word.spellings.iter().for_each(|part| matches.extend(spelling::compound(part, vocabulary)));
                }
                // The best of each key.
                matches.sort_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
                matches.dedup_by_key(|found| found.0);
            }
            resolved.push(matches);
        }
        Ok(resolved)
    }

    /// The entries that are likeliest to be meant, best first.
    pub(super) fn search(&self, asked: &Asked, vocabulary: &Vocabulary) -> Result<Vec<usize>, KnowledgeError> {
        let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        for (key, weight) in asked.matches() {
            for (field, boost) in [(self.question, QUESTION_BOOST), (self.answer, 1.0)] {
                let term = Term::from_field_text(field, vocabulary.name(key));
                let query = TermQuery::new(term, IndexRecordOption::WithFreqs);
                clauses.push((Occur::Should, Box::new(BoostQuery::new(Box::new(query), boost * weight))));
            }
        }
        if clauses.is_empty() {
            return Ok(Vec::new());
        }
        let top = TopDocs::with_limit(CANDIDATES_MAX).order_by_score();
        let found = self.searcher.search(&BooleanQuery::new(clauses), &top)?;
        Ok(found.into_iter().map(|(_, address)| address.doc_id as usize).collect())
    }
}
