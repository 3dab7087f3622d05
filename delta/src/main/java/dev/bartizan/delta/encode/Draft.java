// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.delta.encode;

import dev.bartizan.delta.format.DeltaFormat;
import dev.bartizan.delta.format.Piece;
import java.util.ArrayList;
import java.util.List;

/**
 * A section before it is encoded.
 *
 * @param position where in the result it starts
 */
record Draft(long position, List<Item> items) {
  /** Left for the prefix of the literals. */
  static final int PREFIX_MAX = 2 << 20;

  private static final int AT_HAND_MAX = DeltaFormat.SECTION_BASE_MAX - PREFIX_MAX;

  /** So that a plan stays far below its limit. */
  private static final int ITEMS_MAX = 1 << 14;

  Draft {
    items = List.copyOf(items);
  }

  long length() {
    return items.stream().mapToLong(Item::length).sum();
  }

  /** Cuts the row of items where a section is full. */
  static List<Draft> cut(List<Item> items) {
    List<Draft> drafts = new ArrayList<>();
    List<Item> open = new ArrayList<>();
    long position = 0;
    long coded = 0;
    long atHand = 0;
    for (Item item : split(items)) {
      boolean full =
          coded + item.coded() > DeltaFormat.SECTION_CODED_MAX
              || atHand + item.atHand() > AT_HAND_MAX
              || open.size() == ITEMS_MAX;
      if (full) {
        drafts.add(new Draft(position, open));
        position += drafts.get(drafts.size() - 1).length();
        open.clear();
        coded = 0;
        atHand = 0;
      }
      open.add(item);
      coded += item.coded();
      atHand += item.atHand();
    }
    if (!open.isEmpty()) {
      drafts.add(new Draft(position, open));
    }
    return drafts;
  }

  /** No item codes more than half of what a section may. */
  private static List<Item> split(List<Item> items) {
    List<Item> fitting = new ArrayList<>();
    for (Item item : items) {
      if (item instanceof Item.Bytes bytes && bytes.coded() > 0) {
        split(bytes, fitting);
      } else {
        fitting.add(item);
      }
    }
    return fitting;
  }

  private static void split(Item.Bytes bytes, List<Item> fitting) {
    long most = DeltaFormat.SECTION_CODED_MAX / 2;
    for (long done = 0; done < bytes.length(); done += most) {
      long length = Math.min(most, bytes.length() - done);
      Piece part =
          bytes.piece() instanceof Piece.Shifted shifted
              ? new Piece.Shifted(shifted.position() + done, length)
              : new Piece.Literal(length);
      fitting.add(new Item.Bytes(bytes.position() + done, part));
    }
  }
}
