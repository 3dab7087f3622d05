// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.fleet.device;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.tpm.ChipModel;
import java.util.Arrays;
import java.util.Optional;

/** What a chip is, and who says so. */
public record KnownModel(ChipModel model, SaidBy saidBy) {
  private static final String MEMBER = "tpm";

  /** Whose word it is. */
  public enum SaidBy {
    /** Its maker's, in the endorsement certificate. */
    CERTIFICATE("ek_certificate"),
    /** The device's own (TPM2_GetCapability), which nothing proves. */
    DEVICE("device");

    private final String text;

    SaidBy(String text) {
      this.text = text;
    }
  }

  void write(ObjectNode document) {
    document
        .putObject(MEMBER)
        .put("manufacturer", model.manufacturer())
        .put("model", model.model())
        .put("version", model.version())
        .put("said_by", saidBy.text);
  }

  /** Files of before it was asked for do not have it. */
  static Optional<KnownModel> find(JsonFields document, String what) throws Malformed {
    if (!document.has(MEMBER)) {
      return Optional.empty();
    }
    JsonFields tpm = document.object(MEMBER);
    String by = tpm.text("said_by", ChipModel.MAX_LENGTH);
    SaidBy saidBy =
        Arrays.stream(SaidBy.values())
            .filter(it -> it.text.equals(by))
            .findFirst()
            .orElseThrow(() -> new Malformed(what + ".tpm.said_by is nobody we know"));
    try {
      return Optional.of(
          new KnownModel(
              new ChipModel(
                  tpm.text("manufacturer", ChipModel.MAX_LENGTH),
                  tpm.text("model", ChipModel.MAX_LENGTH),
                  tpm.text("version", ChipModel.MAX_LENGTH)),
              saidBy));
    } catch (IllegalArgumentException unprintable) {
      throw new Malformed(what + ".tpm: " + unprintable.getMessage(), unprintable);
    }
  }
}
