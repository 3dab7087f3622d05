// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.protocol.attestation;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.bartizan.crypto.Digest;
import dev.bartizan.crypto.json.JsonFields;
import dev.bartizan.crypto.json.Malformed;
import dev.bartizan.crypto.json.StrictJson;
import java.util.ArrayList;
import java.util.List;

/** Logs that the server has to see before it can say anything. */
public record LogsWanted(List<Digest> digests) {
  /** The code of the answer. */
  public static final String CODE = "LOGS_MISSING";

  private static final String DIGESTS = "digests";

  /** Of the agent, of firmware and of user space. */
  private static final int MAX_LOGS = 3;

  private static final int MAX_LENGTH = 4096;

  public LogsWanted {
    digests = List.copyOf(digests);
  }

  public byte[] write() {
    ObjectNode body =
        StrictJson.object().put("error", CODE).put("message", "post these logs, then again");
    ArrayNode names = body.putArray(DIGESTS);
    digests.forEach(digest -> names.add(digest.hex()));
    return StrictJson.write(body);
  }

  public static LogsWanted read(byte[] json) throws Malformed {
    JsonFields body = StrictJson.read(json, MAX_LENGTH, "logs wanted");
    List<Digest> digests = new ArrayList<>();
    for (String hex : body.texts(DIGESTS, MAX_LOGS, 2 * Digest.LENGTH)) {
      digests.add(JsonFields.parseDigest("logs wanted.digests", hex));
    }
    return new LogsWanted(digests);
  }
}
