import type { Attributes } from "graphology-types";
import { NodeProgram, type NodeProgramType } from "sigma/rendering";
import type { NodeDisplayData, RenderParams } from "sigma/types";
import { floatColor } from "sigma/utils";
import type { Shape } from "../model/kinds";
import { channels, type Palette } from "./palette";

/** The number each shape goes by in the shader below. */
const codes: Readonly<Record<Shape, number>> = {
  disc: 0,
  ring: 1,
  diamond: 2,
  square: 3,
  flag: 4,
  triangle: 5,
  tick: 6,
  hexagon: 7,
  bubble: 8,
  page: 9,
};

/** ShapeData is a node as sigma hands it on, with what this program draws besides. */
export type ShapeData = NodeDisplayData & { readonly shape: Shape; readonly mark: 0 | 1 | 2 };

const vertex = /* glsl */ `
attribute vec2 a_corner;
attribute vec2 a_position;
attribute float a_size;
attribute float a_shape;
attribute float a_mark;
attribute vec4 a_color;
attribute vec4 a_id;

uniform mat3 u_matrix;
uniform vec2 u_view;
uniform float u_sizeRatio;

varying vec4 v_color;
varying vec2 v_at;
varying float v_pixel;
varying float v_shape;
varying float v_mark;

// Sigma keeps the lowest bit of alpha for itself.
const float bias = 255.0 / 254.0;
// Room for the ring around a marked node.
const float reach = 1.7;

void main() {
  float radius = a_size / u_sizeRatio;
  vec2 centre = (u_matrix * vec3(a_position, 1.0)).xy;
  gl_Position = vec4(centre + a_corner * reach * radius * 2.0 / u_view, 0.0, 1.0);
  v_at = a_corner * reach;
  v_pixel = 1.0 / radius;
  v_shape = a_shape;
  v_mark = a_mark;
  #ifdef PICKING_MODE
  v_color = a_id;
  #else
  v_color = a_color;
  #endif
  v_color.a *= bias;
}
`;

// Distances to the outline of each shape, negative inside, in units of the node's radius.
// After Inigo Quilez, "2D distance functions".
const fragment = /* glsl */ `
precision highp float;

uniform vec3 u_halo;
uniform vec3 u_accent;
uniform float u_pixelRatio;

varying vec4 v_color;
varying vec2 v_at;
varying float v_pixel;
varying float v_shape;
varying float v_mark;

float box(vec2 p, vec2 half_size, float round) {
  vec2 q = abs(p) - half_size + round;
  return length(max(q, 0.0)) + min(max(q.x, q.y), 0.0) - round;
}

float segment(vec2 p, vec2 a, vec2 b, float thickness) {
  vec2 pa = p - a;
  vec2 ba = b - a;
  return length(pa - ba * clamp(dot(pa, ba) / dot(ba, ba), 0.0, 1.0)) - thickness;
}

float triangle(vec2 p, vec2 a, vec2 b, vec2 c) {
  vec2 e0 = b - a; vec2 e1 = c - b; vec2 e2 = a - c;
  vec2 v0 = p - a; vec2 v1 = p - b; vec2 v2 = p - c;
  vec2 q0 = v0 - e0 * clamp(dot(v0, e0) / dot(e0, e0), 0.0, 1.0);
  vec2 q1 = v1 - e1 * clamp(dot(v1, e1) / dot(e1, e1), 0.0, 1.0);
  vec2 q2 = v2 - e2 * clamp(dot(v2, e2) / dot(e2, e2), 0.0, 1.0);
  float s = sign(e0.x * e2.y - e0.y * e2.x);
  vec2 d = min(min(vec2(dot(q0, q0), s * (v0.x * e0.y - v0.y * e0.x)),
                   vec2(dot(q1, q1), s * (v1.x * e1.y - v1.y * e1.x))),
                   vec2(dot(q2, q2), s * (v2.x * e2.y - v2.y * e2.x)));
  return -sqrt(d.x) * sign(d.y);
}

float hexagon(vec2 p, float r) {
  const vec3 k = vec3(-0.866025404, 0.5, 0.577350269);
  p = abs(p);
  p -= 2.0 * min(dot(k.xy, p), 0.0) * k.xy;
  p -= vec2(clamp(p.x, -k.z * r, k.z * r), r);
  return length(p) * sign(p.y);
}

float shape(vec2 p) {
  if (v_shape < 1.5) return length(p) - 0.92;
  if (v_shape < 2.5) return (abs(p.x) + abs(p.y) - 1.15) * 0.7071;
  if (v_shape < 3.5) return box(p, vec2(0.88), 0.3);
  if (v_shape < 4.5) return min(segment(p, vec2(-0.62, -1.05), vec2(-0.62, 0.95), 0.13),
                                triangle(p, vec2(-0.6, 1.0), vec2(1.0, 0.42), vec2(-0.6, -0.18)));
  if (v_shape < 5.5) return triangle(p, vec2(0.0, 1.05), vec2(1.02, -0.8), vec2(-1.02, -0.8));
  if (v_shape < 6.5) return min(segment(p, vec2(-0.75, -0.02), vec2(-0.22, -0.6), 0.26),
                                segment(p, vec2(-0.22, -0.6), vec2(0.8, 0.62), 0.26));
  if (v_shape < 7.5) return hexagon(p, 0.88);
  if (v_shape < 8.5) return min(box(p - vec2(0.0, 0.14), vec2(0.98, 0.7), 0.32),
                                triangle(p, vec2(-0.62, -0.35), vec2(-0.05, -0.45), vec2(-0.62, -1.08)));
  return max(box(p, vec2(0.72, 0.98), 0.1), (p.x + p.y - 1.2) * 0.7071);
}

void main() {
  float distance = shape(v_at);
  #ifdef PICKING_MODE
  // A small or thin mark is as easy to hit as a disc of its size.
  gl_FragColor = length(v_at) < 1.1 || distance < 0.0 ? v_color : vec4(0.0);
  #else
  float pixel = v_pixel / u_pixelRatio;
  float inside = 1.0 - smoothstep(-pixel, pixel, distance);
  vec3 fill = v_color.rgb;
  if (v_shape > 0.5 && v_shape < 1.5) fill = mix(u_halo, fill, smoothstep(-pixel, pixel, length(v_at) - 0.52));

  // A line of paper around every mark keeps ties from running into it.
  float paper = 1.0 - smoothstep(-pixel, pixel, distance - 1.5 * v_pixel);
  vec4 colour = vec4(mix(u_halo, fill, inside), 1.0) * paper;

  if (v_mark > 0.5) {
    float ring = abs(length(v_at) - 1.45) - (v_mark > 1.5 ? 0.75 : 1.4) * v_pixel;
    colour = mix(colour, vec4(u_accent, 1.0), 1.0 - smoothstep(-pixel, pixel, ring));
  }
  gl_FragColor = colour * v_color.a;
  #endif
}
`;

const uniforms = ["u_matrix", "u_view", "u_sizeRatio", "u_pixelRatio", "u_halo", "u_accent"] as const;

/** shapeProgram makes the sigma program that draws every kind of node in its own shape. */
export function shapeProgram(palette: () => Palette): NodeProgramType {
  return class extends NodeProgram<(typeof uniforms)[number], Attributes, Attributes, Attributes> {
    override getDefinition() {
      const { FLOAT, UNSIGNED_BYTE, TRIANGLE_STRIP } = WebGL2RenderingContext;
      return {
        VERTICES: 4,
        VERTEX_SHADER_SOURCE: vertex,
        FRAGMENT_SHADER_SOURCE: fragment,
        METHOD: TRIANGLE_STRIP,
        UNIFORMS: uniforms,
        ATTRIBUTES: [
          { name: "a_position", size: 2, type: FLOAT },
          { name: "a_size", size: 1, type: FLOAT },
          { name: "a_shape", size: 1, type: FLOAT },
          { name: "a_mark", size: 1, type: FLOAT },
          { name: "a_color", size: 4, type: UNSIGNED_BYTE, normalized: true },
          { name: "a_id", size: 4, type: UNSIGNED_BYTE, normalized: true },
        ],
        CONSTANT_ATTRIBUTES: [{ name: "a_corner", size: 2, type: FLOAT }],
        CONSTANT_DATA: [
          [-1, -1],
          [1, -1],
          [-1, 1],
          [1, 1],
        ],
      };
    }

    override processVisibleItem(index: number, start: number, data: NodeDisplayData) {
      const { shape, mark } = data as ShapeData;
      this.array.set([data.x, data.y, data.size, codes[shape], mark, floatColor(data.color), index], start);
    }

    override setUniforms(
      params: RenderParams,
      {
        gl,
        uniformLocations: at,
      }: {
        gl: WebGLRenderingContext;
        uniformLocations: Record<(typeof uniforms)[number], WebGLUniformLocation>;
      },
    ) {
      const { halo, accent } = palette();
      gl.uniformMatrix3fv(at.u_matrix, false, params.matrix);
      gl.uniform2f(at.u_view, params.width, params.height);
      gl.uniform1f(at.u_sizeRatio, params.sizeRatio);
      gl.uniform1f(at.u_pixelRatio, params.pixelRatio);
      gl.uniform3fv(at.u_halo, channels(halo));
      gl.uniform3fv(at.u_accent, channels(accent));
    }
  } as unknown as NodeProgramType;
}
