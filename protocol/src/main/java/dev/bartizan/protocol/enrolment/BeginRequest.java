// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.enrolment;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.json.Base64Url;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import dev.bartizan.crypto.tpm.ChipModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A device introduces its chip.
 *
 * @param token the operator's one-time permission, where one is required; secret
 * @param endorsementCertificate X.509 DER; empty for a chip whose maker has given it none
 * @param endorsementChain intermediates above it that the chip keeps, X.509 DER, in any order
 * @param endorsementKey TPMT_PUBLIC
 * @param attestationKey TPMT_PUBLIC
 * @param model what the chip says it is, which counts where its maker's certificate does not say it
 */
public record BeginRequest(
    Optional<String> token,
    Optional<Bytes> endorsementCertificate,
    List<Bytes> endorsementChain,
    Bytes endorsementKey,
    Bytes attestationKey,
    Optional<ChipModel> model) {
  /** The path it is posted to. */
  public static final String PATH = "/enrol/v1/begin";

  /** The longest chain: an on-die authority has four above it. */
  public static final int MAX_CHAIN = 8;

  private static final int MAX_CERTIFICATE = 8 * 1024;

  public BeginRequest {
    endorsementChain = List.copyOf(endorsementChain);
  }

  public byte[] write() {
    ObjectNode message = StrictJson.object();
    token.ifPresent(secret -> message.put("token", secret));
    endorsementCertificate.ifPresent(it -> message.put("ek_certificate", Base64Url.encode(it)));
    if (!endorsementChain.isEmpty()) {
      ArrayNode chain = message.putArray("ek_chain");
      endorsementChain.forEach(it -> chain.add(Base64Url.encode(it)));
    }
    message.put("ek_public", Base64Url.encode(endorsementKey));
    message.put("ak_public", Base64Url.encode(attestationKey));
    model.ifPresent(
        chip ->
            message
                .putObject("tpm")
                .put("manufacturer", chip.manufacturer())
                .put("model", chip.model())
                .put("version", chip.version()));
    return StrictJson.write(message);
  }

  public static BeginRequest read(byte[] json) throws Malformed {
    JsonFields message = StrictJson.read(json, Wire.MAX_LENGTH, "begin request");
    return new BeginRequest(
        message.findText("token", Wire.MAX_TEXT),
        message.has("ek_certificate")
            ? Optional.of(message.base64url("ek_certificate", MAX_CERTIFICATE))
            : Optional.empty(),
        chain(message),
        message.base64url("ek_public", Wire.MAX_STRUCTURE),
        message.base64url("ak_public", Wire.MAX_STRUCTURE),
        model(message));
  }

  private static Optional<ChipModel> model(JsonFields message) throws Malformed {
    if (!message.has("tpm")) {
      return Optional.empty();
    }
    JsonFields tpm = message.object("tpm");
    try {
      return Optional.of(
          new ChipModel(
              tpm.text("manufacturer", ChipModel.MAX_LENGTH),
              tpm.text("model", ChipModel.MAX_LENGTH),
              tpm.text("version", ChipModel.MAX_LENGTH)));
    } catch (IllegalArgumentException unprintable) {
      throw new Malformed("begin request.tpm: " + unprintable.getMessage(), unprintable);
    }
  }

  private static List<Bytes> chain(JsonFields message) throws Malformed {
    if (!message.has("ek_chain")) {
      return List.of();
    }
    List<Bytes> chain = new ArrayList<>();
    for (String element : message.texts("ek_chain", MAX_CHAIN, MAX_CERTIFICATE / 3 * 4 + 4)) {
      chain.add(Base64Url.decode(element, "begin request.ek_chain"));
    }
    return chain;
  }

  /** Without the token. */
  @Override
  public String toString() {
    return "begin request "
        + endorsementCertificate
            .map(it -> "with an endorsement certificate of " + it.length() + " bytes")
            .orElse("without an endorsement certificate");
  }
}
