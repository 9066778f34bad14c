// Embedding: from an integer at a position to a vector `[E]`. `program.rs` writes the function
// `feature`, which adds up the cells of all tables.

// The class of the term at a row, or `ahead` positions later.
fn class_at(row: u32, ahead: u32) -> u32 {
    return batch[CLASSES_AT + (row / T) * (T + 1u) + row % T + ahead];
}

// The cell of a table for a feature; zero unless the feature is in `first..first + width`.
fn cell(learned: bool, at: u32, width: u32, first: u32, index: u32, feature: u32) -> f32 {
    if feature < first || feature >= first + width {
        return 0.0;
    }
    let offset = at + index * width + feature - first;
    if learned {
        return parameters[offset];
    }
    return bitcast<f32>(tables[offset]);
}

fn embedding_forward() {
    for (var i = first_element(); i < BLOCK_ROWS * E; i += element_step()) {
        let row = first_row() + i / E;
        activations[FEATURES + row * E + i % E] = feature(class_at(row, 0u), row % T, i % E);
    }
}
