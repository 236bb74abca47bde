//! Typed indices and the arenas that hand them out.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;

/// The place of a `T` in its [`Arena`].
pub struct Id<T> {
    index: u32,
    of: PhantomData<fn() -> T>,
}

impl<T> Id<T> {
    /// Where the element stands, counted from 0.
    pub fn index(self) -> usize {
        self.index as usize
    }
}

// Derives would ask that `T` is `Copy`, `Eq` and so on.
impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Id<T> {}

impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index
    }
}

impl<T> Eq for Id<T> {}

impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.index.cmp(&other.index)
    }
}

impl<T> Hash for Id<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.index.hash(state);
    }
}

impl<T> fmt::Debug for Id<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "#{}", self.index)
    }
}

/// A list that only grows, so that an [`Id`] stays good.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arena<T> {
    elements: Vec<T>,
}

impl<T> Default for Arena<T> {
    fn default() -> Self {
        Self { elements: Vec::new() }
    }
}

impl<T> Arena<T> {
    /// Adds an element. Only this makes an [`Id`].
    pub fn push(&mut self, element: T) -> Id<T> {
        let index = u32::try_from(self.elements.len()).unwrap_or(u32::MAX);
        self.elements.push(element);
        Id { index, of: PhantomData }
    }

    /// How many elements there are.
    pub fn len(&self) -> usize {
        self.elements.len()
    }

    /// Whether nothing was pushed yet.
    pub fn is_empty(&self) -> bool {
        self.elements.is_empty()
    }

    /// The elements with their ids, in the order in which they were pushed.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (Id<T>, &T)> {
        let ids = (0u32..).map(|index| Id { index, of: PhantomData });
        // `zip` with an open range is not double-ended, so the range is cut to the length.
        ids.take(self.elements.len()).collect::<Vec<_>>().into_iter().zip(&self.elements)
    }
}

#[expect(clippy::indexing_slicing, reason = "an id is only made by the arena that it indexes")]
mod index {
    use super::{Arena, Id};
    use std::ops::{Index, IndexMut};

    impl<T> Index<Id<T>> for Arena<T> {
        type Output = T;

        fn index(&self, id: Id<T>) -> &T {
            &self.elements[id.index()]
        }
    }

    impl<T> IndexMut<Id<T>> for Arena<T> {
        fn index_mut(&mut self, id: Id<T>) -> &mut T {
            &mut self.elements[id.index()]
        }
    }
}
