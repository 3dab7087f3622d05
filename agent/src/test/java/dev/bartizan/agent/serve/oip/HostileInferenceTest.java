// SPDX-License-Identifier: Apache-2.0
package dev.bartizan.agent.serve.oip;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.bartizan.agent.serve.http.Answer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** Requests that are wrong, by mistake or on purpose. */
class HostileInferenceTest extends InferenceServer {
  @Nested
  class HostileRequests {
    @Test
    void thatAreNotTheProtocolsJsonAreRefused() throws Exception {
      for (String body :
          List.of(
              "",
              "null",
              "[]",
              "{",
              "{}",
              "{\"inputs\":{}}",
              "{\"inputs\":[1]}",
              "{\"inputs\":[{}]}",
              "{\"inputs\":[" + ROW,
              request(ROW) + "x",
              request(ROW) + request(ROW),
              request(ROW + "," + ROW),
              "{\"inputs\":[],\"inputs\":[" + ROW + "]}",
              "{\"id\":7,\"inputs\":[" + ROW + "]}",
              "{\"inputs\":[" + ROW + "],\"outputs\":[{}]}",
              request(ROW.replace("[1,4]", "[1.0,4]")),
              request(ROW.replace("[1,4]", "\"4\"")),
              request(ROW.replace("\"FP32\"", "32")),
              request(ROW.replace("[1,2,3,4]", "\"AAAA\"")),
              request(ROW.replace("[1,2,3,4]", "[[[1,2,3,4]]]")),
              request(ROW.replace("[1,2,3,4]", "[1,2,3,null]")),
              request(ROW.replace("[1,2,3,4]", "[1,2,3,\"4\"]")),
              request(ROW.replace("[1,2,3,4]", "[1,2,3,true]")),
              request(ROW.replace("[1,2,3,4]", "[1,2,3,NaN]")),
              request(ROW.replace("[1,2,3,4]", "[1,2,3,1e39]")),
              request(ROW.replace("[1,2,3,4]", "[1,2,3," + "9".repeat(500) + "]")))) {
        assertError(400, "MALFORMED", infer("scale", body));
      }
    }

    @Test
    void withNumbersThatDoNotFitTheirTypeAreRefused() throws Exception {
      for (String[] bad :
          new String[][] {
            {"INT8", "128"}, {"INT8", "1.0"}, {"UINT8", "-1"}, {"INT32", "2147483648"},
            {"INT64", "9223372036854775808"}, {"BOOL", "1"}, {"FP16", "65520"}, {"FP64", "1e999"}
          }) {
        String input =
            "{\"name\":\"%s\",\"shape\":[1],\"datatype\":\"%s\",\"data\":[%s]}"
                .formatted(bad[0].toLowerCase(Locale.ROOT), bad[0], bad[1]);
        assertError(400, "MALFORMED", infer("every-type", request(input)));
      }
    }

    @Test
    void whoseShapeAndDataDisagreeAreRefused() throws Exception {
      for (String shape :
          List.of(
              "[4]x",
              "[1,5]",
              "[2,4]",
              "[0,4]",
              "[]",
              "[-1,4]",
              "[-1,-4]",
              "[4294967296,4294967296]",
              "[4611686018427387904,4]",
              "[1000000000,1]")) {
        Answer answer = infer("scale", request(ROW.replace("[1,4]", shape.replace("x", ""))));
        assertError(400, "WRONG_SHAPE", answer);
      }
      for (String data : List.of("[]", "[[1,2],[3,4]]", "[[1,2,3],[4]]", "[[1,2,3,4],[]]")) {
        assertError(400, "WRONG_SHAPE", infer("scale", request(ROW.replace("[1,2,3,4]", data))));
      }
      String rank = "1,".repeat(40) + "4";
      assertError(400, "WRONG_SHAPE", infer("scale", request(ROW.replace("1,4", rank))));
    }

    @Test
    void forWhatTheModelDoesNotTakeAreRefused() throws Exception {
      assertError(404, "UNKNOWN_MODEL", infer("cat", request(ROW)));
      assertError(404, "UNKNOWN_VERSION", infer("scale/versions/9", request(ROW)));
      assertError(400, "UNKNOWN_INPUT", infer("scale", request(ROW.replace("\"x\"", "\"q\""))));
      assertError(400, "MISSING_INPUT", infer("scale", request("")));
      assertError(400, "WRONG_DATATYPE", infer("scale", request(ROW.replace("FP32", "FP64"))));
      assertError(400, "WRONG_DATATYPE", infer("scale", request(ROW.replace("FP32", "FP33"))));
      assertError(
          400,
          "UNKNOWN_OUTPUT",
          infer("scale", "{\"inputs\":[" + ROW + "],\"outputs\":[{\"name\":\"q\"}]}"));
    }

    @Test
    void whereNullStandsForAnAbsentMemberAreAnswered() throws Exception {
      String row = ROW.replace("{", "{\"parameters\":null,\"q\":null,");
      String whole = "{\"id\":null,\"parameters\":null,\"outputs\":null,\"inputs\":[" + row + "]}";
      assertEquals(200, infer("scale", whole).status());
      String flags =
          "{\"parameters\":{\"binary_data_output\":null},\"outputs\":[{\"name\":\"y\",\"parameters\":"
              + "{\"binary_data\":null}},{\"name\":\"y\",\"parameters\":null}],\"inputs\":["
              + ROW.replace("{", "{\"parameters\":{\"binary_data_size\":null},")
              + "]}";
      assertEquals(200, infer("scale", flags).status());
      assertError(400, "MALFORMED", infer("scale", "{\"inputs\":null}"));
    }

    @Test
    void thatNestForEverAreRefused() throws Exception {
      assertError(400, "MALFORMED", infer("scale", "[".repeat(100_000)));
      assertError(400, "MALFORMED", infer("scale", "{\"a\":".repeat(100_000)));
      String deep = "[".repeat(100_000) + "1" + "]".repeat(100_000);
      assertError(400, "MALFORMED", infer("scale", request(ROW.replace("[1,2,3,4]", deep))));
    }

    @Test
    void beyondTheBodyLimitAreRefusedWhetherTheySaySoOrNot() throws Exception {
      String padding = " ".repeat(BODY_LIMIT - request(ROW).length());
      assertEquals(200, infer("scale", request(ROW) + padding).status());
      assertError(413, "TOO_LARGE", infer("scale", request(ROW) + padding + " "));
      String lie = chunked(BODY_LIMIT + 1);
      assertTrue(lie.startsWith("HTTP/1.1 413 "), lie.lines().findFirst().orElse(""));
    }

    @Test
    void neverGetAnInternalErrorWhateverTheSeed() throws Exception {
      byte[] good = request(ROW).getBytes(StandardCharsets.UTF_8);
      for (int seed = 0; seed < 2_000; seed++) {
        Random random = new Random(seed);
        byte[] hurt = good.clone();
        for (int i = 0; i <= random.nextInt(3); i++) {
          hurt[random.nextInt(hurt.length)] = (byte) (32 + random.nextInt(100));
        }
        int status = client.post("/v2/models/scale/infer", hurt).status();
        assertTrue(status == 200 || status == 400, "seed " + seed + ": " + status);
      }
    }
  }
}
