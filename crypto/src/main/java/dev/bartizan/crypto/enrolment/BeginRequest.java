package dev.bartizan.crypto.enrolment;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Bytes;
import dev.bartizan.crypto.json.Base64Url;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import java.util.Optional;

/**
 * A device introduces its chip.
 *
 * @param token the operator's one-time permission, where one is required; secret
 * @param endorsementCertificate X.509 DER
 * @param endorsementKey TPMT_PUBLIC
 * @param attestationKey TPMT_PUBLIC
 */
public record BeginRequest(
    Optional<String> token,
    Bytes endorsementCertificate,
    Bytes endorsementKey,
    Bytes attestationKey) {
  /** The path it is posted to. */
  public static final String PATH = "/enrol/v1/begin";

  private static final int MAX_CERTIFICATE = 8 * 1024;

  public byte[] write() {
    ObjectNode message = StrictJson.object();
    token.ifPresent(secret -> message.put("token", secret));
    message.put("ek_certificate", Base64Url.encode(endorsementCertificate));
    message.put("ek_public", Base64Url.encode(endorsementKey));
    message.put("ak_public", Base64Url.encode(attestationKey));
    return StrictJson.write(message);
  }

  public static BeginRequest read(byte[] json) throws Malformed {
    JsonFields message = StrictJson.read(json, Wire.MAX_LENGTH, "begin request");
    return new BeginRequest(
        message.findText("token", Wire.MAX_TEXT),
        message.base64url("ek_certificate", MAX_CERTIFICATE),
        message.base64url("ek_public", Wire.MAX_STRUCTURE),
        message.base64url("ak_public", Wire.MAX_STRUCTURE));
  }

  /** Without the token. */
  @Override
  public String toString() {
    return "begin request for an endorsement certificate of "
        + endorsementCertificate.length()
        + " bytes";
  }
}
